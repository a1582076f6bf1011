import {
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { HoldRequest } from '../ledger.ts';
import type { Admission, AdmissionObserver } from './admission.ts';
import {
  admittedKey,
  buyerKeys,
  IN_USE_KEY,
  RESERVATION_TTL_SECONDS,
  STOCK_TTL_SECONDS,
  stockKey,
  stockSequenceKey,
  USER_LIMIT_TTL_SECONDS,
} from './keys.ts';
import { createMemoryAdmission } from './memory.ts';
import type { SoldOutMemory } from './sold-out.ts';

/** A script serves this many buyers in well under a millisecond, for which everybody else at Redis waits. */
const BATCH_MAX = 256;

/** The ledger decides in milliseconds. Who is on the way for longer belongs to a server that died. */
const ORPHANED_AFTER_MS = 2000;

/** The sweeper keeps the counters of SKUs in line that were used so recently, as long as something may become of a use. */
const IN_USE_MS = 10_000;
const MARK_AGAIN_AFTER_MS = 1000;
const SKUS_MAX = 1000;

/** Longer than this, asking costs more than it spares; after two in a row nobody asks for a second. */
const ANSWER_WITHIN_MS = 100;
const FAILURES_MAX = 2;
const HALF_OPEN_AFTER_MS = 1000;

type Word = 'taken' | 'known' | 'short' | 'uncounted';
type Settlement = Pick<HoldRequest, 'userId' | 'skuId'> &
  Partial<Pick<HoldRequest, 'holdId' | 'quantity'>> & {
    outcome: 'held' | 'refused' | 'sold' | 'ended';
  };

/**
 * The filter that server instances share: a counter per SKU in Redis and who was let in, decided by one script per batch
 * of buyers. Behind the memory of the process, which needs no round trip to say "sold out".
 *
 * The counter refuses nobody by itself. When it is too low for a buyer, the process looks at the ledger (a plain read, in
 * which all who are in doubt join) and refuses by what it saw; if there is stock after all, the buyer passes and the
 * counter is built anew. So a counter that is wrong, for whatever reason, costs a read and never a sale; what is lost with
 * a Redis or a server that dies need not be known, only rebuilt. It always is rebuilt from the ledger.
 *
 * While Redis is away its connection fails at once, and when it hangs the circuit breaker does: the filter is then what
 * the process remembers.
 */
export function createRedisAdmission(deps: {
  redis: Redis;
  pool: Pool;
  clock: Clock;
  soldOut: SoldOutMemory;
  observe: AdmissionObserver;
}): Admission {
  const { redis, pool, clock, soldOut, observe } = deps;
  const memory = createMemoryAdmission(deps);
  const admit = loadScript<Word[]>(redis, 'server', 'stock', 'admission', 'admit.lua');
  const settle = loadScript<null>(redis, 'server', 'stock', 'admission', 'settle.lua');
  const rebuild = loadScript<number>(redis, 'server', 'stock', 'admission', 'rebuild.lua');

  const breaker = wrap(
    circuitBreaker(handleAll, {
      halfOpenAfter: HALF_OPEN_AFTER_MS,
      breaker: new ConsecutiveBreaker(FAILURES_MAX),
    }),
    timeout(ANSWER_WITHIN_MS, TimeoutStrategy.Aggressive),
  );

  const admissions = createGroupCommit<HoldRequest, Word>({
    keyOf: (request) => request.skuId,
    conflictKey: (request) => request.holdId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault: () => false,
    execute: (skuId, batch) =>
      breaker.execute(() =>
        admit(keysOf(skuId, batch), [
          STOCK_TTL_SECONDS,
          ...batch.flatMap(({ holdId, quantity }) => [holdId, quantity]),
        ]),
      ),
  });

  const settlements = createGroupCommit<Settlement, undefined>({
    keyOf: (settlement) => settlement.skuId,
    conflictKey: (settlement) => settlement.userId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault: () => false,
    async execute(skuId, batch) {
      await breaker.execute(() =>
        settle(keysOf(skuId, batch), [
          USER_LIMIT_TTL_SECONDS,
          RESERVATION_TTL_SECONDS,
          ...batch.flatMap(({ holdId = '', quantity = 0, outcome }) => [holdId, quantity, outcome]),
        ]),
      );
      return batch.map(() => undefined);
    },
  });

  /** When each SKU was last marked as in use. */
  const marked = new LRUCache<string, number>({ max: SKUS_MAX });
  const toRebuild = new Set<string>();
  let rebuilding: Promise<void> | undefined;

  // Redis may have forgotten everything, or everything since it went away.
  redis.onUp(() => {
    const skuIds = [...marked.keys()];
    marked.clear();
    for (const skuId of skuIds) void rebuildSoon(skuId);
  });

  return {
    async admit(request) {
      if (!memory.admit(request)) return false;
      const { skuId } = request;
      const word = await ask(request);
      observe('redis', word);
      if (word === 'uncounted') void rebuildSoon(skuId);
      if (word !== 'short') return true;
      const seen = await soldOut.look(skuId);
      if (soldOut.refuses(request)) return false;
      if (seen !== undefined && seen.available >= request.quantity) void rebuildSoon(skuId);
      return true;
    },

    settle(request, outcome) {
      memory.settle(request, outcome);
      // Of a call that failed nobody knows; should nothing have come of it, its admission is reclaimed as an orphan.
      if (outcome === undefined) return;
      write({ ...request, outcome: outcome === 'held' ? 'held' : 'refused' });
    },

    tell({ userId, skuId }, what) {
      write({ userId, skuId, outcome: what });
    },

    unitsCameBack(skuId) {
      memory.unitsCameBack(skuId);
      void rebuildSoon(skuId);
    },

    async reconcile() {
      if (!redis.isUp()) return;
      const skuIds = await redis.client
        .zrangebyscore(IN_USE_KEY, clock.nowMs() - IN_USE_MS, '+inf')
        .catch(() => []);
      await Promise.all(skuIds.map(rebuildSoon));
      await redis.client
        .zremrangebyscore(IN_USE_KEY, '-inf', `(${clock.nowMs() - IN_USE_MS}`)
        .catch(() => {});
    },

    readCounters: (skuIds) =>
      Promise.all(
        skuIds.map(async (skuId) => {
          const counter = await redis.client.get(stockKey(skuId));
          return counter === null ? null : Number(counter);
        }),
      ),
  };

  async function ask(request: HoldRequest): Promise<Word | 'away'> {
    if (!redis.isUp()) return 'away';
    mark(request.skuId);
    try {
      return await admissions.submit(request);
    } catch {
      return 'away';
    }
  }

  /** Not waited for: what is not written in time is rebuilt. */
  function write(settlement: Settlement): void {
    if (!redis.isUp()) return;
    mark(settlement.skuId);
    settlements.submit(settlement).catch(() => {});
  }

  function mark(skuId: string): void {
    const nowMs = clock.nowMs();
    if (nowMs - (marked.get(skuId) ?? 0) < MARK_AGAIN_AFTER_MS) return;
    marked.set(skuId, nowMs);
    redis.client.zadd(IN_USE_KEY, nowMs, skuId).catch(() => {});
  }

  /** Builds the counter from the ledger as it is after this call. SKUs that are asked for meanwhile go together. */
  function rebuildSoon(skuId: string): Promise<void> {
    toRebuild.add(skuId);
    rebuilding ??= Promise.resolve()
      .then(rebuildAll)
      .catch(() => {});
    return rebuilding;
  }

  async function rebuildAll(): Promise<void> {
    try {
      while (toRebuild.size > 0) {
        const skuIds = [...toRebuild];
        toRebuild.clear();
        if (!redis.isUp()) continue;
        const { rows } = await pool.query<{ sku_id: string; available: number; sequence: number }>({
          name: 'admission.rebuild',
          text: `SELECT sku_id, available_count AS available, sequence FROM inventory
                 WHERE sku_id = ANY ($1)`,
          values: [skuIds],
        });
        await Promise.all(
          rows.map(({ sku_id, available, sequence }) =>
            rebuild(
              [stockKey(sku_id), admittedKey(sku_id), stockSequenceKey(sku_id)],
              [available, sequence, STOCK_TTL_SECONDS, ORPHANED_AFTER_MS],
            ),
          ),
        );
      }
    } finally {
      rebuilding = undefined;
    }
  }
}

const keysOf = (skuId: string, batch: { userId: string }[]): string[] => [
  stockKey(skuId),
  admittedKey(skuId),
  ...batch.flatMap(({ userId }) => buyerKeys(userId, skuId)),
];
