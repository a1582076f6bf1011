import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import { admittedKey, IN_USE_KEY, STOCK_TTL_SECONDS, stockKey, stockSequenceKey } from './keys.ts';

/** The ledger decides in milliseconds. A buyer admitted longer ago belongs to a server that died. */
const ORPHANED_AFTER_MS = 2000;

/** The sweeper rebuilds the counters of SKUs that were used this recently: their uses may still change the stock. */
const IN_USE_MS = 10_000;
const MARK_AGAIN_AFTER_MS = 1000;
const SKUS_MAX = 1000;

/** The stock counters in Redis, one per SKU. They are always built from the ledger. */
export interface StockCounters {
  /** Records that the SKU is in use, at most once a second. */
  markInUse(skuId: string): void;
  /**
   * Builds the counter from the ledger as it is after this call. SKUs that are asked for at the same time are built
   * together. Never rejects.
   */
  rebuild(skuId: string): Promise<void>;
  /** Builds the counters of all SKUs that were in use lately. Never rejects. */
  rebuildInUse(): Promise<void>;
  /** The counters in the order of the SKUs, null where there is none. Rejects when Redis cannot be read. */
  read(skuIds: string[]): Promise<(number | null)[]>;
}

export function createStockCounters(deps: {
  redis: Redis;
  pool: Pool;
  clock: Clock;
}): StockCounters {
  const { redis, pool, clock } = deps;
  const rebuildScript = loadScript<number>(redis, 'server', 'stock', 'admission', 'rebuild.lua');

  /** The time in ms at which each SKU was last marked as in use. */
  const marked = new LRUCache<string, number>({ max: SKUS_MAX });
  const toRebuild = new Set<string>();
  let rebuilding: Promise<void> | undefined;

  // Redis may have lost everything, or everything since it went away.
  redis.onUp(() => {
    const skuIds = [...marked.keys()];
    marked.clear();
    for (const skuId of skuIds) void rebuild(skuId);
  });

  return {
    markInUse(skuId) {
      const nowMs = clock.nowMs();
      if (nowMs - (marked.get(skuId) ?? 0) < MARK_AGAIN_AFTER_MS) return;
      marked.set(skuId, nowMs);
      redis.client.zadd(IN_USE_KEY, nowMs, skuId).catch(() => {});
    },

    rebuild,

    async rebuildInUse() {
      if (!redis.isUp()) return;
      const skuIds = await redis.client
        .zrangebyscore(IN_USE_KEY, clock.nowMs() - IN_USE_MS, '+inf')
        .catch(() => []);
      await Promise.all(skuIds.map(rebuild));
      await redis.client
        .zremrangebyscore(IN_USE_KEY, '-inf', `(${clock.nowMs() - IN_USE_MS}`)
        .catch(() => {});
    },

    read: (skuIds) =>
      Promise.all(
        skuIds.map(async (skuId) => {
          const counter = await redis.client.get(stockKey(skuId));
          return counter === null ? null : Number(counter);
        }),
      ),
  };

  function rebuild(skuId: string): Promise<void> {
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
        if (redis.isUp()) await rebuildFromLedger(skuIds);
      }
    } finally {
      rebuilding = undefined;
    }
  }

  async function rebuildFromLedger(skuIds: string[]): Promise<void> {
    const { rows } = await pool.query<{ sku_id: string; available: number; sequence: number }>({
      name: 'admission.rebuild',
      text: `SELECT sku_id, available_count AS available, sequence FROM inventory
             WHERE sku_id = ANY ($1)`,
      values: [skuIds],
    });
    await Promise.all(
      rows.map(({ sku_id, available, sequence }) =>
        rebuildScript(
          [stockKey(sku_id), admittedKey(sku_id), stockSequenceKey(sku_id)],
          [available, sequence, STOCK_TTL_SECONDS, ORPHANED_AFTER_MS],
        ),
      ),
    );
  }
}
