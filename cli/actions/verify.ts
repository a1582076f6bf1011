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
import { type CliContext, columnsOf, type GlobalFlags, mayColor } from '../context.ts';
import { verdictCode } from '../exit-code.ts';
import { renderVerdict } from '../render/verdict.ts';
import { stackOfTargets } from '../running-server.ts';
import { type Settings, settingsOf } from '../settings.ts';

/** Judges a recorded history and prints the verdict. */
export async function verifyHistory(
  path: string,
  command: Command,
  context: CliContext,
): Promise<void> {
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
}

/** Reads the ledger of the target now, for a history that ends before its ledger; undefined when no target is named. */
async function ledgerOf(
  sale: SaleFacts,
  { target: targets, adminToken }: Settings,
  cwd: string,
): Promise<LedgerSnapshot | undefined> {
  if (targets === undefined) return undefined;
  const token = adminToken ?? (await stackOfTargets(targets, cwd))?.adminToken;
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
