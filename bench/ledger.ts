import { createPool } from '../server/platform/postgres.ts';
import type { Redis } from '../server/platform/redis.ts';
import { createStockLedger } from '../server/stock/index.ts';
import { newId } from '../src/kernel/ids.ts';
import type { StrategyName } from '../src/protocol/strategies.ts';
import { median } from './closed-loop.ts';
import { stockSku } from './stock-sku.ts';

/** Strategies with the sizes of their pools. Fewer connections are faster on a hot row, so `pessimistic` has three sizes. */
const CONTESTANTS: { strategy: StrategyName; connections: number; holds: number }[] = [
  { strategy: 'pessimistic', connections: 4, holds: 4_000 },
  { strategy: 'pessimistic', connections: 16, holds: 4_000 },
  { strategy: 'pessimistic', connections: 32, holds: 4_000 },
  { strategy: 'optimistic', connections: 4, holds: 2_000 },
  { strategy: 'distributed-lock', connections: 4, holds: 2_000 },
  { strategy: 'unit-rows', connections: 16, holds: 4_000 },
  { strategy: 'conditional', connections: 4, holds: 8_000 },
  { strategy: 'batched', connections: 4, holds: 60_000 },
];

const CALLERS = 200;

export interface LedgerBenchRow {
  strategy: StrategyName;
  connections: number;
  holdsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** The rate divided by that of the fastest `pessimistic` of the same run. */
  ratio: number;
}

/**
 * Measures holds per second on one hot SKU with stock for all. Each of `CALLERS` callers makes its next call as soon as the
 * last has its outcome, every hold by another user. All contestants take part in each round, so that a disturbance hits
 * all of them; a first round, which is not counted, warms them up. Returns the medians of the rounds.
 */
export async function benchLedger(
  databaseUrl: string,
  redis: Redis | undefined,
  rounds: number,
): Promise<LedgerBenchRow[]> {
  // Without Redis the lock is only a queue in this process, which is not the strategy that is compared.
  const contestants = CONTESTANTS.filter(
    ({ strategy }) => strategy !== 'distributed-lock' || redis !== undefined,
  ).map((contestant) => {
    const pool = createPool({ connectionString: databaseUrl, max: contestant.connections });
    const ledger = createStockLedger({
      pool,
      redis,
      strategy: contestant.strategy,
      holdTtlMs: 3_600_000,
    });
    return { ...contestant, pool, ledger, runs: [] as Awaited<ReturnType<typeof rush>>[] };
  });
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const { ledger, pool, holds, runs } of contestants) {
        const skuId = await stockSku(pool, holds);
        const run = await rush(ledger, skuId, round === 0 ? holds / 4 : holds);
        if (round > 0) runs.push(run);
      }
    }
  } finally {
    await Promise.all(contestants.map(({ pool }) => pool.end()));
  }
  const rows = contestants.map(({ strategy, connections, runs }) => ({
    strategy,
    connections,
    holdsPerSecond: median(runs.map((run) => run.holdsPerSecond)),
    p50Ms: median(runs.map((run) => run.p50Ms)),
    p99Ms: median(runs.map((run) => run.p99Ms)),
  }));
  const baseline = Math.max(
    ...rows.filter((row) => row.strategy === 'pessimistic').map((row) => row.holdsPerSecond),
  );
  return rows.map((row) => ({ ...row, ratio: row.holdsPerSecond / baseline }));
}

/** Prints the rows as a Markdown table. */
export function printLedgerBench(rows: LedgerBenchRow[], rounds: number): void {
  console.log(
    `\nLedger, one hot SKU, ${CALLERS} callers, medians of ${rounds} rounds (ratio over the fastest pessimistic)\n`,
  );
  console.log('| strategy | connections | holds per second | ratio | p50 ms | p99 ms |');
  console.log('|---|---|---|---|---|---|');
  for (const row of rows) {
    console.log(
      `| ${row.strategy} | ${row.connections} | ${Math.round(row.holdsPerSecond)} | ${row.ratio.toFixed(1)}× | ${row.p50Ms.toFixed(1)} | ${row.p99Ms.toFixed(1)} |`,
    );
  }
}

async function rush(
  ledger: ReturnType<typeof createStockLedger>,
  skuId: string,
  holds: number,
): Promise<{ holdsPerSecond: number; p50Ms: number; p99Ms: number }> {
  const latenciesMs: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (next < holds) {
        next += 1;
        const askedAt = performance.now();
        const { outcome } = await ledger.hold({
          holdId: newId(),
          userId: newId(),
          skuId,
          quantity: 1,
        });
        if (outcome !== 'held') throw new Error(`a hold with ample stock was ${outcome}`);
        latenciesMs.push(performance.now() - askedAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  latenciesMs.sort((a, b) => a - b);
  const percentile = (share: number) =>
    latenciesMs[Math.floor(latenciesMs.length * share)] as number;
  return {
    holdsPerSecond: latenciesMs.length / seconds,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  };
}
