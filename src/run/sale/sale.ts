import { join } from 'node:path';
import { judge } from '../../checkers/verdict.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { readHistory } from '../../history/reader.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import type { SkuStock } from '../events.ts';
import { createPhases } from '../phases.ts';
import type { PreparedRun, RunKind } from '../run-kind.ts';
import { startEvidence } from './evidence.ts';
import { ownServers } from './own-servers.ts';
import { redisAmnesia } from './redis-amnesia.ts';
import type { HostedSale, HostPlan, SaleHost } from './sale-host.ts';
import { readSalePlan, type SalePlan } from './sale-plan.ts';

/**
 * The run of a script that exports a `sale`: its shop is started or found, seeded, loaded while evidence is recorded, and
 * judged once nothing is under way in its books any more.
 *
 * @throws UserError (usage) when the exported `sale` is wrong, or asks for what the shop does not have
 */
export function createSale(
  script: Pick<LoadedScript, 'name' | 'sale'>,
  options: RunOptions,
  deps: RunDeps,
): RunKind {
  const hostPlan = ownServers(script.name, readSalePlan(script), options);
  return {
    async prepare(startedAt) {
      const host = await openHost(hostPlan, deps);
      return prepareSale({ scenario: script.name, startedAt }, hostPlan.plan, host, options, deps);
    },
  };
}

async function openHost({ detail, open }: HostPlan, deps: RunDeps): Promise<SaleHost> {
  const host = await createPhases(deps)('stack', detail, () => open(deps));
  deps.onEvent({ type: 'targets', targets: host.targets });
  return host;
}

async function prepareSale(
  { scenario, startedAt }: { scenario: string; startedAt: string },
  plan: SalePlan,
  host: SaleHost,
  options: RunOptions,
  deps: RunDeps,
): Promise<PreparedRun> {
  const { clock } = deps;
  const { targets, folder, databaseUrl } = host;
  const phase = createPhases(deps);

  const salePath = join(folder, 'sale.json');
  const hosted = await phase('seed', describeSeed(plan), () =>
    host.putOnSale({ name: nameOf(scenario, startedAt), seed: options.seed, path: salePath }),
  );
  const sale = factsOf(scenario, plan, host, hosted, clock);
  const historyPath = options.historyFile ?? join(folder, 'history.ndjson');
  const recording = await startEvidence(historyPath, sale, deps);
  let stock: SkuStock[] = [];
  const amnesia =
    plan.redisAmnesia === undefined || host.emptyRedis === undefined
      ? undefined
      : redisAmnesia(plan.redisAmnesia, {
          ...{ clock, history: recording.history, onEvent: deps.onEvent },
          empty: host.emptyRedis,
        });

  return {
    detail: 'the sale is on',
    env: { FLASHSALE_TARGETS: targets.join(','), FLASHSALE_SALE: salePath },
    target: hosted.target,
    history: recording.history,
    folder,
    queried: { databaseUrl, skus: sale.skus.map(({ skuId }) => skuId) },
    faults: amnesia,

    async collectEvidence(load) {
      await amnesia?.stop();
      await phase('settle', 'waiting until the ledger is at rest', () => hosted.settle(load));
      stock = await recording.complete(load.generator, hosted);
    },

    async judge() {
      const verdict = await phase('verdict', 'judging the history', async () =>
        judge(await readHistory(historyPath)),
      );
      return {
        target: targets,
        strategy: sale.strategy,
        instances: host.started?.instances,
        sale,
        stock,
        verdict,
        historyFile: options.historyFile ?? (options.keep ? historyPath : undefined),
      };
    },
  };
}

function describeSeed({ skus, buyers }: SalePlan): string {
  const units = skus.reduce((all, { stock }) => all + stock, 0);
  return `${units} units${skus.length > 1 ? ` of ${skus.length} SKUs` : ''}, ${buyers} buyers`;
}

const nameOf = (scenario: string, startedAt: string): string =>
  `${scenario}-${startedAt.replace(/\D/g, '').slice(0, 17)}`;

/** The facts that the judge measures the history against. */
function factsOf(
  scenario: string,
  { sellOutExpected, challenges }: SalePlan,
  { targets, started }: SaleHost,
  { skus, rules, evidence, scraped }: HostedSale,
  clock: RunDeps['clock'],
): SaleFacts {
  return {
    scenario,
    target: targets,
    strategy: started?.strategy,
    skus,
    ...rules,
    ...{ sellOutExpected, challenges },
    startedAtMs: clock.nowMs(),
    startedAtNs: clock.monotonicNs(),
    evidence: { ...evidence, scraped, generator: true },
  };
}
