import { join } from 'node:path';
import { judge } from '../../checkers/verdict.ts';
import type { Manifest } from '../../history/manifest.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { readHistory } from '../../history/reader.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { emptyRedis } from '../../stack/services/redis.ts';
import { targetNamed } from '../../target/registry.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import type { SkuStock } from '../events.ts';
import { createPhases } from '../phases.ts';
import type { PreparedRun, RunKind } from '../run-kind.ts';
import { createAdminApi } from './admin-api.ts';
import { startEvidence } from './evidence.ts';
import { agreeOnHoldTtl } from './hold-ttl.ts';
import { offersOf } from './offers.ts';
import { assertRedisIsOurs, redisAmnesia } from './redis-amnesia.ts';
import { type PlannedSku, readSalePlan, type SalePlan } from './sale-plan.ts';
import { type SeededSale, seedSale } from './seed-sale.ts';
import { describeServers, openServers, type Servers } from './servers.ts';
import { SWEEP_GRACE_MS, settle } from './settle.ts';

/** The facts of a sale that are known before anything is started. */
interface PlannedSale {
  scenario: string;
  plan: SalePlan;
  holdTtlMs: number;
  startedAt: string;
}

/**
 * The run of a script that exports a `sale`: servers are started or found, seeded, loaded while evidence is recorded,
 * and judged once nothing is under way in their ledger any more.
 *
 * @throws UserError (usage) when the exported `sale` is wrong, or asks for what the targets do not have
 */
export function createSale(
  script: Pick<LoadedScript, 'name' | 'sale'>,
  options: RunOptions,
  deps: RunDeps,
): RunKind {
  const plan = readSalePlan(script);
  const holdTtlMs = agreeOnHoldTtl(plan, options);
  assertRedisIsOurs(plan, script.name, options);
  return {
    prepare: (startedAt) =>
      prepareSale({ scenario: script.name, plan, holdTtlMs, startedAt }, options, deps),
  };
}

async function prepareSale(
  planned: PlannedSale,
  options: RunOptions,
  deps: RunDeps,
): Promise<PreparedRun> {
  const { clock, signal } = deps;
  const { plan, holdTtlMs } = planned;
  const phase = createPhases(deps);

  const { targets, adminToken, folder, databaseUrl, redisUrl } = await openServersOf(
    planned,
    options,
    deps,
  );
  const admin = createAdminApi({ targets, token: adminToken, signal });
  const salePath = join(folder, 'sale.json');
  const seeded = await phase('seed', describeSeed(plan), () =>
    seedSale(admin, {
      offers: offersOf(plan.sells, { skus: namedSkus(planned), nowMs: clock.nowMs() }),
      buyers: plan.buyers,
      seed: options.seed,
      path: salePath,
    }),
  );

  const evidence = { ...(await admin.readEvidence()), scraped: targets, generator: true };
  const sale = factsOf(planned, seeded, options, targets, clock, evidence);
  const skuIds = sale.skus.map(({ skuId }) => skuId);
  const historyPath = options.historyFile ?? join(folder, 'history.ndjson');
  const recording = await startEvidence(historyPath, sale, deps);
  let stock: SkuStock[] = [];
  const amnesia =
    plan.redisAmnesia === undefined || redisUrl === undefined
      ? undefined
      : redisAmnesia(plan.redisAmnesia, {
          ...{ clock, history: recording.history, onEvent: deps.onEvent },
          empty: () => emptyRedis(redisUrl),
        });

  return {
    detail: 'the sale is on',
    env: { FLASHSALE_TARGETS: targets.join(','), FLASHSALE_SALE: salePath },
    target: targetNamed(plan.api),
    history: recording.history,
    folder,
    queried: { databaseUrl, skus: skuIds },
    faults: amnesia,

    async collectEvidence(load) {
      await amnesia?.stop();
      const paymentsTakeMs = plan.payments?.latencyMs ?? 0;
      await phase('settle', 'waiting until the ledger is at rest', () =>
        settle(admin, { skuIds, holdTtlMs, paymentsTakeMs, load }, deps),
      );
      stock = await recording.complete(load.generator, admin);
    },

    async judge() {
      const verdict = await phase('verdict', 'judging the history', async () =>
        judge(await readHistory(historyPath)),
      );
      return {
        target: targets,
        strategy: sale.strategy,
        instances: options.targets === undefined ? options.instances : undefined,
        sale,
        stock,
        verdict,
        historyFile: options.historyFile ?? (options.keep ? historyPath : undefined),
      };
    },
  };
}

async function openServersOf(
  { plan, holdTtlMs }: PlannedSale,
  options: RunOptions,
  deps: RunDeps,
): Promise<Servers> {
  const { onEvent } = deps;
  const servers = await createPhases(deps)('stack', describeServers(options), () =>
    openServers({ ...options, holdTtlMs, payments: plan.payments }, deps),
  );
  if (servers.kept.length > 0) onEvent({ type: 'log', line: `kept: ${servers.kept.join(', ')}` });
  onEvent({ type: 'targets', targets: servers.targets });
  return servers;
}

function describeSeed({ skus, buyers }: SalePlan): string {
  const units = skus.reduce((all, { stock }) => all + stock, 0);
  return `${units} units${skus.length > 1 ? ` of ${skus.length} SKUs` : ''}, ${buyers} buyers`;
}

/** Each sale has SKUs of its own, so that earlier sales of the same server do not count. */
function namedSkus({ scenario, plan, startedAt }: PlannedSale): (PlannedSku & { skuId: string })[] {
  const name = `${scenario}-${startedAt.replace(/\D/g, '').slice(0, 17)}`;
  const isOnlyOne = plan.skus.length === 1;
  return plan.skus.map((sku, place) => ({
    ...sku,
    skuId: isOnlyOne ? name : `${name}-${place + 1}`,
  }));
}

/** The facts that the judge measures the history against. */
function factsOf(
  { scenario, plan, holdTtlMs }: PlannedSale,
  { skus }: Pick<SeededSale, 'skus'>,
  options: RunOptions,
  target: string[],
  clock: RunDeps['clock'],
  evidence: Manifest,
): SaleFacts {
  const { refusals, refusalLagMs, readLagMs, holdsPerBuyerMax } = targetNamed(plan.api);
  return {
    scenario,
    target,
    strategy: options.targets === undefined ? options.strategy : undefined,
    skus,
    unitsPerBuyerMax: plan.unitsPerBuyerMax,
    holdsPerBuyerMax,
    holdTtlMs,
    sweepGraceMs: SWEEP_GRACE_MS,
    refusalLagMs,
    readLagMs,
    refusals,
    sellOutExpected: plan.sellOutExpected,
    challenges: plan.challenges,
    startedAtMs: clock.nowMs(),
    startedAtNs: clock.monotonicNs(),
    evidence,
  };
}
