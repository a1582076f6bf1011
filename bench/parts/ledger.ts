import { createPool } from '../../server/platform/postgres.ts';
import { connectRedis, type Redis } from '../../server/platform/redis.ts';
import { createStockLedger } from '../../server/stock/index.ts';
import type { StockLedger } from '../../server/stock/ledger.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { StrategyName } from '../../src/protocol/strategies.ts';
import type { BenchPart } from '../context.ts';
import type { Arena } from '../kit/arena.ts';
import { type CallsResult, callAll } from '../kit/call-all.ts';
import { createCpuMeter, type Spent } from '../kit/cpu.ts';
import { median } from '../kit/statistics.ts';
import { stockSku } from '../kit/stock-sku.ts';

interface Contestant {
  strategy: StrategyName;
  /** Size of the pool. Fewer connections are faster on a hot row, so `pessimistic` has three sizes. */
  connections: number;
  holds: number;
}

const CONTESTANTS: Contestant[] = [
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

interface Run extends CallsResult {
  spent: Spent<'postgres'>;
}

/**
 * Holds per second on one hot SKU with stock for all, without HTTP: the ledger runs in the process of the bench. Each caller
 * makes its next call as soon as the last has its outcome, every hold by another user. Each strategy has a database of its
 * own in every round.
 */
export const ledger: BenchPart = {
  name: 'ledger',
  about: 'holds of one hot SKU per second, by strategy, without HTTP',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const redisServer = await arena.redis();
    const redis = redisServer && (await connectRedis({ url: redisServer.url }));
    // Without Redis the lock is only a queue in this process, which is not the strategy that is compared.
    const runs = CONTESTANTS.filter(
      ({ strategy }) => strategy !== 'distributed-lock' || redis !== undefined,
    ).map((contestant) => ({ contestant, runs: [] as Run[] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const { contestant, runs: done } of runs) done.push(await run(arena, contestant, redis));
    }
    await redis?.close();

    const rows = runs.map(({ contestant, runs: done }) => ({
      ...contestant,
      ...medians(done, arena.scaled(contestant.holds)),
    }));
    const pessimistic = Math.max(
      ...rows.filter((row) => row.strategy === 'pessimistic').map((row) => row.perSecond),
    );
    const batched = rows.find((row) => row.strategy === 'batched')?.perSecond;
    return {
      tables: [
        {
          caption: `Ledger, one hot SKU, ${CALLERS} callers, medians of ${rounds} rounds; CPU in seconds per 100,000 holds`,
          columns: [
            ...['strategy', 'connections', 'holds per second', '÷ best pessimistic', 'p50 ms'],
            ...['p99 ms', 'CPU Node', 'CPU PostgreSQL'],
          ],
          rows: rows.map((row) => [
            row.strategy,
            String(row.connections),
            row.perSecond,
            `${(row.perSecond / pessimistic).toFixed(1)}×`,
            ...[row.p50Ms, row.p99Ms, row.nodeCpu, row.postgresCpu],
          ]),
        },
      ],
      goals: [
        {
          name: `ledger, ${CALLERS} callers, ÷ the best pessimistic pool`,
          value: (batched ?? Number.NaN) / pessimistic,
          unit: '×',
          atLeast: 30,
        },
        { name: 'ledger, holds per second', value: batched, unit: '', atLeast: 60_000 },
      ],
      charts: [],
      notes: [],
    };
  },
};

const medians = (runs: Run[], holds: number) => ({
  perSecond: median(runs.map((run) => run.perSecond)),
  p50Ms: median(runs.map((run) => run.p50Ms)),
  p99Ms: median(runs.map((run) => run.p99Ms)),
  nodeCpu: (median(runs.map(({ spent }) => spent.cpu.generator)) * 100_000) / holds,
  postgresCpu: (median(runs.map(({ spent }) => spent.cpu.postgres)) * 100_000) / holds,
});

const run = (
  arena: Arena,
  { strategy, connections, holds: planned }: Contestant,
  redis: Redis | undefined,
): Promise<Run> =>
  arena.withDatabase(async ({ url, pool: setUp }) => {
    const pool = createPool({ connectionString: url, max: connections });
    const holds = arena.scaled(planned);
    try {
      const stock = createStockLedger({ pool, redis, strategy, holdTtlMs: 3_600_000 });
      await holdAll(stock, await stockSku(setUp, holds), Math.ceil(holds / 4), CALLERS);
      const skuId = await stockSku(setUp, holds);
      await setUp.query('CHECKPOINT');
      const meter = createCpuMeter({ postgres: [arena.postgresPid()] });
      const rush = await holdAll(stock, skuId, holds, CALLERS);
      return { ...rush, spent: meter.lap() };
    } finally {
      await pool.end();
    }
  });

/** Holds `count` units, each for another user. */
export async function holdAll(
  stock: Pick<StockLedger, 'hold'>,
  skuId: string,
  count: number,
  callers: number,
): Promise<CallsResult> {
  return callAll(count, callers, async () => {
    const { outcome } = await stock.hold({
      holdId: newId(),
      userId: newId(),
      skuId,
      quantity: 1,
    });
    if (outcome !== 'held') throw new Error(`a hold with ample stock was ${outcome}`);
  });
}
