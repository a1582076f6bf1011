import { createPool } from '../../server/platform/postgres.ts';
import { connectRedis, loadScript } from '../../server/platform/redis.ts';
import { createAdmission } from '../../server/stock/admission/index.ts';
import { admittedKey, buyerKeys, stockKey } from '../../server/stock/admission/keys.ts';
import { createStockLedger } from '../../server/stock/index.ts';
import type { HoldRequest } from '../../server/stock/ledger.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { createRedisServer, type RedisServer } from '../../src/stack/services/redis.ts';
import type { BenchPart } from '../context.ts';
import { callAll } from '../kit/call-all.ts';
import { createCpuMeter } from '../kit/cpu.ts';
import { median } from '../kit/statistics.ts';
import { stockSku } from '../kit/stock-sku.ts';
import { openTigerBeetle } from '../kit/tigerbeetle.ts';
import type { Table } from '../report.ts';

const CALLERS = 200;
const HOLDS = 40_000;

/** A way to take units of one hot account, one call per hold. */
interface Way {
  name: string;
  /** The part of an answered hold that is left after the power fails. */
  keeps: string;
  /** Process ids of the store. */
  pids: (number | undefined)[];
  /** Prepares an account with units for so many holds, and resolves to one hold. */
  open(units: number): Promise<(request: Omit<HoldRequest, 'skuId'>) => Promise<void>>;
}

/** One hot account, one call per hold: our ledger, Redis alone, and TigerBeetle where its server is installed. */
export const hotAccount: BenchPart = {
  name: 'hot-account',
  about: 'holds of one hot account: our ledger, Redis alone, TigerBeetle',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    return arena.withDatabase(async ({ url, pool: setUp }) => {
      const pool = createPool({ connectionString: url, max: 4 });
      const notes: string[] = [];
      const ways: Way[] = [
        {
          name: 'our ledger (PostgreSQL, batched)',
          keeps: 'the hold, its movement, its events',
          pids: [arena.postgresPid()],
          async open(units) {
            const stock = createStockLedger({ pool, strategy: 'batched', holdTtlMs: 3_600_000 });
            const skuId = await stockSku(setUp, units);
            return async (request) => {
              const { outcome } = await stock.hold({ ...request, skuId });
              if (outcome !== 'held') throw new Error(`a hold with ample stock was ${outcome}`);
            };
          },
        },
      ];
      const closers: (() => Promise<void>)[] = [() => pool.end()];
      const addRedis = async (server: RedisServer, isDurable: boolean) => {
        const redis = await connectRedis({ url: server.url });
        closers.push(() => redis.close());
        const script = loadScript<string[]>(redis, 'server', 'stock', 'admission', 'admit.lua');
        const keeps = isDurable ? 'the hold' : 'nothing';
        const suffix = isDurable ? ', append-only file synced before each answer' : '';
        const stocked = async (units: number) => {
          const skuId = `bench-${newId()}`;
          await redis.client.set(stockKey(skuId), units);
          return skuId;
        };
        ways.push({
          ...{ name: `Redis, a script call per hold${suffix}`, keeps, pids: [server.pid()] },
          async open(units) {
            const skuId = await stocked(units);
            return async ({ userId, holdId, quantity }) => {
              await script(
                [stockKey(skuId), admittedKey(skuId), ...buyerKeys(userId, skuId)],
                [300, holdId, quantity],
              );
            };
          },
        });
        if (isDurable) return;
        const admission = createAdmission({
          ...{ name: 'redis', pool, redis, clock: systemClock, observe: () => {} },
        });
        ways.push({
          ...{ name: 'Redis, calls of one turn in one script call', keeps, pids: [server.pid()] },
          async open(units) {
            const skuId = await stocked(units);
            return async (request) => {
              if (!(await admission.admit({ ...request, skuId }))) throw new Error('not admitted');
            };
          },
        });
      };

      const redisServer = await arena.redis();
      if (redisServer === undefined) notes.push('Redis: left out, no redis-server on PATH.');
      else {
        await addRedis(redisServer, false);
        const folder = `${arena.folder}/durable`;
        const durable = await arena.scope.start(createRedisServer({ folder, durable: true }));
        await addRedis(durable, true);
      }
      const tigerBeetle = await openTigerBeetle(arena);
      if (typeof tigerBeetle === 'string') notes.push(tigerBeetle);
      else {
        closers.push(tigerBeetle.close);
        ways.push({
          name: 'TigerBeetle, a pending transfer per hold',
          keeps: 'the hold',
          pids: [tigerBeetle.pid],
          open: tigerBeetle.openAccount,
        });
      }
      try {
        return { ...(await compare(ways, rounds, arena.scaled(HOLDS))), notes };
      } finally {
        for (const close of closers) await close();
      }
    });
  },
};

async function compare(ways: Way[], rounds: number, holds: number) {
  const runs = ways.map((way) => ({ way, done: [] as Measured[] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { way, done } of runs) {
      const measured = await measure(way, holds);
      // The first round warms the code.
      if (round > 0) done.push(measured);
    }
  }
  const [own] = runs;
  const rows: Table['rows'] = runs.map(({ way, done }) => [
    way.name,
    way.keeps,
    median(done.map((run) => run.perSecond)),
    `${median(done.map((run, i) => run.perSecond / (own?.done[i]?.perSecond ?? Number.NaN))).toFixed(2)}×`,
    median(done.map((run) => run.p50Ms)),
    median(done.map((run) => run.p99Ms)),
    median(done.map((run) => run.clientCpu)),
    median(done.map((run) => run.storeCpu)),
  ]);
  const columns = [
    ...['way', 'kept after a power failure', 'holds per second', '÷ our ledger', 'p50 ms'],
    ...['p99 ms', 'CPU of the caller', 'CPU of the store'],
  ];
  const caption = `One hot account, ${CALLERS} callers, one call per hold, medians of ${rounds} rounds of ${holds.toLocaleString('en')} holds; CPU in seconds per 100,000`;
  return { tables: [{ caption, columns, rows }], goals: [], charts: [] };
}

type Measured = Awaited<ReturnType<typeof measure>>;

async function measure(way: Way, holds: number) {
  const hold = await way.open(holds);
  const meter = createCpuMeter({ store: way.pids });
  const run = await callAll(holds, CALLERS, () =>
    hold({ holdId: newId(), userId: newId(), quantity: 1 }),
  );
  const { cpu } = meter.lap();
  const per100k = (seconds: number) => (seconds * 100_000) / holds;
  return { ...run, clientCpu: per100k(cpu.generator), storeCpu: per100k(cpu.store) };
}
