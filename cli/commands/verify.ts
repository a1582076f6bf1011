import type { Command } from 'commander';
import { judge } from '../../src/checkers/verdict.ts';
import type { LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import type { SaleFacts } from '../../src/history/operation.ts';
import { readHistory } from '../../src/history/reader.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { describeVerdict } from '../../src/report/run-document.ts';
import { createAdminApi } from '../../src/run/sale/admin-api.ts';
import { readLedger } from '../../src/run/sale/read-ledger.ts';
import {
  addSettings,
  type CliContext,
  columnsOf,
  type GlobalFlags,
  mayColor,
  settingsOf,
} from '../context.ts';
import { renderVerdict } from '../render/verdict.ts';
import type { Settings } from '../settings.ts';
import { stackBehind } from '../stack-behind.ts';
import { verdictCode } from './run.ts';

/** `verify`: the verdict alone, from a history that was recorded before. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('verify')
    .description('judge a history that run --history recorded')
    .argument('<history>', 'the history file');
  addSettings(command, ['target', 'adminToken']);

  command.action(async (path: string) => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    const history = await readHistory(path);
    if (history.truncated) {
      context.stderr.write(
        `note: ${path} has no closing line, so whoever recorded it was stopped; its last calls may be missing\n`,
      );
    }
    const { settings } = await settingsOf(command, context);
    const { sale } = history;
    const ledger = history.ledger ?? (await ledgerOf(sale, settings, context.cwd));
    const verdict = judge({ ...history, ledger });
    if (flags.json) {
      context.stdout.write(`${JSON.stringify(describeVerdict(verdict, sale), null, 2)}\n`);
    } else {
      const color = mayColor(context.stdout, flags, context.env);
      const columns = columnsOf(context.stdout);
      context.stdout.write(`${renderVerdict(verdict, sale, { color, columns })}\n`);
    }
    context.exit(verdictCode(verdict) ?? ExitCode.valid);
  });
}

/** Read now for a history that ends before its ledger; absent when no target is named. */
async function ledgerOf(
  sale: SaleFacts,
  { target: targets, adminToken }: Settings,
  cwd: string,
): Promise<LedgerSnapshot | undefined> {
  if (targets === undefined) return undefined;
  const token = adminToken ?? (await stackBehind(targets, cwd))?.adminToken;
  if (token === undefined) {
    throw UserError.usage('the ledger of the target cannot be read', {
      why: 'no administrator’s token was given',
      next: 'add --admin-token TOKEN, or leave --target out to judge what buyers saw alone',
    });
  }
  return readLedger(
    createAdminApi({ targets, token }),
    sale.skus.map(({ skuId }) => skuId),
  );
}
