import { join, parse } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { judge } from '../../checkers/verdict.ts';
import type { FaultName } from '../../history/fault.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { readHistory } from '../../history/reader.ts';
import type { HistoryFile } from '../../history/recorder.ts';
import type { LoadResult } from '../../load/result.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { serverCpuSeconds } from '../../metrics/server-cpu.ts';
import { drawSale } from '../../report/pictures/sale-pictures.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import type { SkuStock } from '../events.ts';
import { faultsOf } from '../faults/fault-plan.ts';
import { injectFaults } from '../faults/inject-faults.ts';
import { createPhases } from '../phases.ts';
import { temperatureOf } from '../round-temperature.ts';
import type { PreparedRun, RunKind } from '../run-kind.ts';
import { startEvidence } from './evidence.ts';
import { recordCounters } from './record-counters.ts';
import type { HostedSale, HostPlan, SaleHost } from './sale-host.ts';
import { nameSale, type SalePlan } from './sale-plan.ts';
import { watchLoad } from './watch-load.ts';

const WARM_READS = 5;
const WARM_UP_MS = 2_000;

/**
 * The run of a script that exports a `sale`: its shop is started or found, seeded, loaded while evidence is recorded, and
 * judged once nothing is under way in its books any more.
 */
export function createSale(
  script: Pick<LoadedScript, 'name'>,
  hostPlan: HostPlan,
  options: RunOptions,
  deps: RunDeps,
): RunKind {
  let host: SaleHost | undefined;
  let round = 0;
  return {
    async prepare(startedAt) {
      // All rounds of a run share the shop.
      host ??= await openHost(hostPlan, deps);
      round += 1;
      const sale = { scenario: script.name, startedAt, round };
      return prepareSale(sale, hostPlan.plan, host, options, deps);
    },
  };
}

async function openHost({ detail, open }: HostPlan, deps: RunDeps): Promise<SaleHost> {
  const host = await createPhases(deps)('stack', detail, () => open(deps));
  deps.onEvent({ type: 'targets', targets: shownTargetsOf(host) });
  return host;
}

async function prepareSale(
  { scenario, startedAt, round }: { scenario: string; startedAt: string; round: number },
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
    host.putOnSale({ name: nameSale(scenario, startedAt), seed: options.seed, path: salePath }),
  );
  const sale = factsOf(scenario, plan, host, hosted, {
    ...{ clock, isTraced: options.tracesUrl !== undefined },
  });
  const { rounds = 1 } = options;
  const historyFile = options.historyFile && pathOfRound(options.historyFile, round, rounds);
  const historyPath = historyFile ?? pathOfRound(join(folder, 'history.ndjson'), round, rounds);
  if (temperatureOf(round) === 'warm') await warmUp(hosted, sale.skus, deps);
  const watch = watchLoad(sale, clock);
  const recording = await startEvidence(historyPath, sale, { ...deps, onScrape: watch.scraped });
  let stock: SkuStock[] = [];
  const { breakers = {} } = host;
  const planned = faultsOf(plan, options, {
    possible: Object.keys(breakers) as FaultName[],
    round,
  });
  const faults =
    planned.length === 0
      ? undefined
      : injectFaults(planned, {
          ...{ clock, breakers, history: recording.history, onEvent: deps.onEvent },
        });

  return {
    detail: 'the sale is on',
    env: { FLASHSALE_TARGETS: targets.join(','), FLASHSALE_SALE: salePath },
    target: hosted.target,
    history: watch.record(recording.history),
    folder,
    queried: { databaseUrl, skus: sale.skus.map(({ skuId }) => skuId) },
    faults,
    endsWithoutTarget: true,
    watch,

    async collectEvidence(load) {
      await faults?.stop();
      recordPhases(load, recording.history);
      const endedNs = clock.monotonicNs();
      await phase('settle', 'waiting until the ledger is at rest', () => hosted.settle(load));
      const { prometheusUrl } = options;
      if (prometheusUrl !== undefined) {
        await recordCounters(prometheusUrl, { sale, endedNs }, recording.history, deps);
      }
      stock = await recording.complete(load.generator, hosted);
    },

    async judge() {
      const judged = await phase('verdict', 'judging the history', async () => {
        const history = await readHistory(historyPath);
        const verdict = judge(history);
        return {
          verdict,
          ...(options.reportFile && { pictures: drawSale(history, verdict) }),
          serverCpuSeconds: serverCpuSeconds(history.scrapes ?? []),
        };
      });
      return {
        target: sale.target,
        strategy: sale.strategy,
        instances: host.started?.instances,
        sale,
        stock,
        ...judged,
        seen: watch.seen,
        historyFile: historyFile ?? (options.keep ? historyPath : undefined),
      };
    },
  };
}

/** Records the parts of the load's plan, for pictures: no check reads them. */
export function recordPhases({ course }: LoadResult, history: Pick<HistoryFile, 'phase'>): void {
  for (const { scenario, stage, fromMs, untilMs } of course?.phases ?? []) {
    const atNs = (course?.startedAtNs ?? 0) + fromMs * 1e6;
    const untilNs = untilMs === undefined ? undefined : atNs + (untilMs - fromMs) * 1e6;
    history.phase({ scenario, stage, atNs, untilNs });
  }
}

const shownTargetsOf = ({ targets, shownTargets = targets }: SaleHost): string[] => shownTargets;

/** Each round has a history of its own: `history.ndjson` becomes `history.2.ndjson`. */
function pathOfRound(path: string, round: number, rounds: number): string {
  if (rounds === 1) return path;
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${round}${ext}`);
}

/** Has the shop read what is on sale, as often as fills its caches, and lets them be filled. */
async function warmUp(
  { readStock }: HostedSale,
  skus: SaleFacts['skus'],
  { signal }: Pick<RunDeps, 'signal'>,
): Promise<void> {
  for (const { skuId } of skus) {
    // A shop whose stock cannot be read is warm by the pause alone.
    for (let time = 0; time < WARM_READS; time += 1) await readStock(skuId).catch(() => {});
  }
  await delay(WARM_UP_MS, undefined, { signal });
}

function describeSeed({ skus, buyers }: SalePlan): string {
  const units = skus.reduce((all, { stock }) => all + stock, 0);
  return `${units} units${skus.length > 1 ? ` of ${skus.length} SKUs` : ''}, ${buyers} buyers`;
}

/** The facts that the judge measures the history against. */
export function factsOf(
  scenario: string,
  { sellOutExpected, challenges }: SalePlan,
  host: SaleHost,
  { skus, rules, evidence, scraped }: HostedSale,
  { clock, isTraced }: { clock: RunDeps['clock']; isTraced: boolean },
): SaleFacts {
  return {
    scenario,
    target: shownTargetsOf(host),
    strategy: host.started?.strategy,
    skus,
    ...rules,
    ...{ sellOutExpected, challenges },
    ...(isTraced && { traces: true }),
    startedAtMs: clock.nowMs(),
    startedAtNs: clock.monotonicNs(),
    evidence: { ...evidence, scraped, generator: true },
  };
}
