import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { count } from '../../src/kernel/wording.ts';
import { openPreparation } from '../../src/run/parts/prepare-sale.ts';
import {
  assertSaleFile,
  type PreparedSale,
  readPreparedSale,
} from '../../src/run/parts/prepared-sale.ts';
import { removeSale } from '../../src/run/parts/remove-sale.ts';
import { readTargetFile } from '../../src/target/file/read-target-file.ts';
import { type CliContext, definedIn, type GlobalFlags } from '../context.ts';
import { stackOfTargets } from '../running-server.ts';
import { findScenario } from '../scenario-files.ts';
import { buyersFileIsForShops, type Resolved, settingsOf, targetFileOf } from '../settings.ts';

type PrepareFlags = GlobalFlags & {
  startIn?: number;
  env?: Record<string, string>;
  buyersFile?: string;
  remove?: boolean;
};

/** Puts a sale on for several processes to fire, and writes what they need to know of it; or takes it off again. */
export async function prepareScenario(
  { scenario, file }: { scenario: string; file: string },
  command: Command,
  context: CliContext,
): Promise<void> {
  const { startIn: startInMs, env: given, ...flags } = command.optsWithGlobals<PrepareFlags>();
  const resolved = await settingsOf(command, context);
  const path = resolve(context.cwd, file);
  const env = { ...definedIn(context.env), ...given };
  const abandoned = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => abandoned.abort());
  }
  const { signal } = abandoned;
  try {
    if (flags.remove)
      return await remove(path, resolved, { env, signal, json: flags.json }, context);
    assertSaleFile(path);
    const { settings } = resolved;
    const { stock, buyers, seed, holdTtl: holdTtlMs, prometheusUrl } = settings;
    const prepared = await openPreparation(
      {
        ...{ scenario: await findScenario(scenario, context.cwd), env, version: context.version },
        ...{ stock, buyers, seed, holdTtlMs, prometheusUrl },
        ...(await hostOf(flags, resolved, { ...context, env })),
      },
      { path, startInMs },
      {
        ...{ clock: systemClock, signal },
        onEvent: (event) => {
          if (event.type === 'log') context.stderr.write(`note: ${event.line}\n`);
        },
      },
    );
    tell(prepared, { path, scenario, file, json: flags.json }, context);
  } catch (error) {
    if (!signal.aborted) throw error;
    context.stderr.write(
      targetFileOf(resolved.settings) === undefined
        ? 'given up; what was put on sale by then stays, and nobody buys it\n'
        : 'given up; what was put on sale by then is removed, as far as sale.remove does it\n',
    );
    context.exit(ExitCode.interrupted);
  }
}

/** The servers or the shop that sell. */
async function hostOf(
  { buyersFile }: PrepareFlags,
  { settings, origins }: Resolved,
  { cwd, env }: Pick<CliContext, 'cwd' | 'env'>,
) {
  const { target: targets, holdTtl, iOwnThisServer: isOwned } = settings;
  const targetFile = targetFileOf(settings);
  if (targetFile !== undefined) {
    const file = await readTargetFile(resolve(cwd, targetFile), env);
    return { shop: { file, isOwned, buyersFile } };
  }
  if (targets === undefined) {
    throw UserError.usage('a sale is prepared on servers that run already', {
      why: 'no target is given, and servers that this command starts would end with it',
      next: 'start a server (flashsale-cli up), and name it: --target URL; or name a target file: --target shop.yaml',
    });
  }
  if (buyersFile !== undefined) throw buyersFileIsForShops();
  const stack = await stackOfTargets(targets, cwd);
  return {
    targets,
    adminToken: settings.adminToken ?? stack?.adminToken,
    targetHoldTtlMs: origins.holdTtl === 'default' ? stack?.holdTtlMs : holdTtl,
  };
}

async function remove(
  path: string,
  { settings }: Resolved,
  { json, ...deps }: { env: Record<string, string>; signal: AbortSignal; json?: boolean },
  context: CliContext,
): Promise<void> {
  const targetFile = targetFileOf(settings);
  if (targetFile === undefined) {
    throw UserError.usage('--remove is for the shop of a target file', {
      why: 'what is on sale on a server of ours is in nobody’s way: each sale has SKUs of its own',
      next: 'leave it out, or name the target file with which the sale was prepared: --target shop.yaml',
    });
  }
  const prepared = await readPreparedSale(path, context);
  const file = await readTargetFile(resolve(context.cwd, targetFile), deps.env);
  const left = await removeSale(prepared, file, deps);
  for (const line of left) context.stderr.write(`note: ${line}\n`);
  const skus = prepared.facts.skus.length;
  if (json) context.document({ path, skus: prepared.facts.skus, left });
  else if (left.length === 0) context.stdout.write(`took ${count(skus, 'SKU')} off sale\n`);
  context.exit(left.length === 0 ? ExitCode.valid : ExitCode.environment);
}

/** Says what was put on sale, and how it is fired. */
function tell(
  { facts, startAtMs }: PreparedSale,
  {
    path,
    scenario,
    file,
    json,
  }: { path: string; scenario: string; file: string; json: boolean | undefined },
  context: CliContext,
): void {
  const startsAt = startAtMs === undefined ? undefined : new Date(startAtMs).toISOString();
  if (json) {
    context.document({
      ...{ path, scenario: facts.scenario, skus: facts.skus, startsAt: startsAt ?? null },
    });
    return;
  }
  context.stdout.write(`${path}\n`);
  for (const { skuId, total } of facts.skus) context.stderr.write(`${skuId}: ${total} units\n`);
  const when = startsAt === undefined ? 'as soon as each is ready' : `at ${startsAt}`;
  context.stderr.write(
    `the parts begin ${when}: flashsale-cli run ${scenario} --sale ${file} --part 1/2 --history part-1.ndjson\n`,
  );
}
