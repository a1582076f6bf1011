import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadScript } from '../../k6/script/load-script.ts';
import { UserError } from '../../kernel/errors.ts';
import { formatMs } from '../../kernel/format.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { createScope } from '../../stack/resource.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import { ownServers } from '../sale/own-servers.ts';
import { factsOf, nameOf } from '../sale/sale.ts';
import { readSalePlan } from '../sale/sale-plan.ts';
import { scenarioEnv } from '../scenario-env.ts';
import { type PreparedSale, writePreparedSale } from './prepared-sale.ts';

/** The options of a preparation. */
export type PreparationOptions = Pick<
  RunOptions,
  | 'scenario'
  | 'env'
  | 'stock'
  | 'buyers'
  | 'seed'
  | 'adminToken'
  | 'holdTtlMs'
  | 'targetHoldTtlMs'
  | 'version'
> & { targets: string[] };

/** Loads a scenario and prepares its sale, as `prepareSale` does. Nothing that it started is left when it ends. */
export async function openPreparation(
  given: PreparationOptions,
  file: { path: string; startInMs?: number | undefined },
  deps: Pick<RunDeps, 'clock' | 'onEvent' | 'signal'>,
): Promise<PreparedSale> {
  const options: RunOptions & { targets: string[] } = {
    ...given,
    ...{ strategy: 'batched', unsafe: false, instances: 1, keep: false, command: '' },
    ...{ redis: false, kafka: false },
  };
  const script = await loadScript(given.scenario, {
    env: { ...given.env, ...scenarioEnv(options) },
    abandoned: deps.signal,
  });
  const scope = createScope();
  try {
    return await prepareSale(script, options, file, {
      ...deps,
      scope,
      isStopping: () => false,
      abandon() {},
      onLoad() {},
    });
  } finally {
    await scope.stop();
  }
}

/**
 * Puts the sale of a script on, on servers that run already, and writes all that several processes need to fire it together.
 *
 * @param startInMs the parts begin so much later; absent: each as soon as it is ready
 * @throws UserError (usage) when the script sells nothing, or sells by hours and nobody says when the load begins;
 *   (environment) when the parts should have begun by the time the sale is on
 */
export async function prepareSale(
  script: Pick<LoadedScript, 'name' | 'sale'>,
  options: RunOptions & { targets: string[] },
  { path, startInMs }: { path: string; startInMs?: number | undefined },
  deps: RunDeps,
): Promise<PreparedSale> {
  const { clock } = deps;
  const plan = readSalePlan(script);
  if (plan.hours !== undefined && startInMs === undefined) {
    throw UserError.usage(`nobody says when the buyers of ${script.name} come`, {
      why: 'its SKUs are sold by hours, which count from the beginning of the load',
      next: 'add --start-in 2m, or as long as it takes until all parts wait',
    });
  }
  const startAtMs = startInMs === undefined ? undefined : clock.nowMs() + startInMs;
  const hostPlan = ownServers(script.name, plan, options);
  const host = await hostPlan.open(deps);
  const seeded = join(host.folder, 'sale.json');
  const hosted = await host.putOnSale({
    name: nameOf(script.name, new Date(clock.nowMs()).toISOString()),
    ...{ seed: options.seed, path: seeded, startAtMs },
  });
  const asked = factsOf(script.name, hostPlan.plan, host, hosted, { clock, isTraced: false });
  // Each part has a clock of its own.
  const { startedAtMs: _, startedAtNs: __, ...facts } = asked;
  const { version, stock, buyers, seed } = options;
  const prepared: PreparedSale = {
    ...{ version, id: randomUUID(), facts, target: hosted.target.name, seed },
    ...(stock !== undefined && { stock }),
    ...(buyers !== undefined && { buyers }),
    ...(startAtMs !== undefined && { startAtMs }),
  };
  assertIsAhead(startAtMs, clock.nowMs());
  await writePreparedSale(path, JSON.parse(await readFile(seeded, 'utf8')), prepared);
  return prepared;
}

function assertIsAhead(startAtMs: number | undefined, nowMs: number): void {
  if (startAtMs === undefined || startAtMs > nowMs) return;
  throw UserError.environment('the load would have begun before its sale was prepared', {
    why: `all parts were to begin at ${new Date(startAtMs).toISOString()}, ${formatMs(nowMs - startAtMs)} ago`,
    next: 'prepare the sale again with more time: --start-in 2m',
  });
}
