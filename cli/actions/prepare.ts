import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { openPreparation } from '../../src/run/parts/prepare-sale.ts';
import { assertSaleFile } from '../../src/run/parts/prepared-sale.ts';
import { type CliContext, definedIn, type GlobalFlags } from '../context.ts';
import { stackOfTargets } from '../running-server.ts';
import { findScenario } from '../scenario-files.ts';
import { settingsOf, targetFileOf } from '../settings.ts';

type PrepareFlags = GlobalFlags & { startIn?: number; env?: Record<string, string> };

/** Puts a sale on for several processes to fire, and writes what they need to know of it. */
export async function prepareScenario(
  { scenario, file }: { scenario: string; file: string },
  command: Command,
  context: CliContext,
): Promise<void> {
  const { startIn: startInMs, env, json } = command.optsWithGlobals<PrepareFlags>();
  const { settings, origins } = await settingsOf(command, context);
  const { target: targets, stock, buyers, seed, holdTtl } = settings;
  if (targets === undefined || targetFileOf(settings) !== undefined) {
    throw UserError.usage('a sale is prepared on servers of ours that run already', {
      why:
        targets === undefined
          ? 'no target is given, and servers that this command starts would end with it'
          : 'the books of the shop of a target file are read by the run that put something on sale in it',
      next: 'start a server (flashsale-cli up), and name it: --target URL',
    });
  }
  const path = resolve(context.cwd, file);
  assertSaleFile(path);
  const stack = await stackOfTargets(targets, context.cwd);
  const given = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => given.abort());
  }
  try {
    const { facts, startAtMs } = await openPreparation(
      {
        ...{
          scenario: await findScenario(scenario, context.cwd),
          env: { ...definedIn(context.env), ...env },
        },
        ...{ targets, stock, buyers, seed, holdTtlMs: holdTtl },
        adminToken: settings.adminToken ?? stack?.adminToken,
        targetHoldTtlMs: origins.holdTtl === 'default' ? stack?.holdTtlMs : holdTtl,
        version: context.version,
      },
      { path, startInMs },
      {
        clock: systemClock,
        signal: given.signal,
        onEvent: (event) => {
          if (event.type === 'log') context.stderr.write(`note: ${event.line}\n`);
        },
      },
    );
    const startsAt = startAtMs === undefined ? undefined : new Date(startAtMs).toISOString();
    if (json) {
      context.document({
        path,
        scenario: facts.scenario,
        skus: facts.skus,
        startsAt: startsAt ?? null,
      });
      return;
    }
    context.stdout.write(`${path}\n`);
    for (const { skuId, total } of facts.skus) context.stderr.write(`${skuId}: ${total} units\n`);
    const when = startsAt === undefined ? 'as soon as each is ready' : `at ${startsAt}`;
    context.stderr.write(
      `the parts begin ${when}: flashsale-cli run ${scenario} --sale ${file} --part 1/2 --history part-1.ndjson\n`,
    );
  } catch (error) {
    if (!given.signal.aborted) throw error;
    context.stderr.write('given up; what was put on sale by then stays, and nobody buys it\n');
    context.exit(ExitCode.interrupted);
  }
}
