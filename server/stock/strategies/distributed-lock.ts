import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../../src/kernel/ids.ts';
import { transaction } from '../../platform/postgres.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { IS_OPEN, readForBuyer, type Settled, toOutcome, writeHold } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';
import { createConditional } from './conditional.ts';

/** A holder that died blocks its SKU for this long: much longer than a section takes, much shorter than buyers wait. */
const LOCK_TTL_MS = 2_000;
const POLL_MS = 3;
const TRIES_MAX = 100;

/**
 * A lock per SKU in Redis around the section that reads, decides and writes. The lock only saves work: it may lapse while
 * its holder is still in the section (a long pause, a slow disk), or Redis may lose it, and then two calls are in the
 * section.
 *
 * The fencing token makes the strategy correct. A call that enters the section takes the next version of the row as its
 * token. Every later change of the row, by another holder or by a checkout without a lock, increases the version, and a
 * write with an outdated token changes nothing. The token comes from the row that it protects, because a Redis that lost
 * its data would give out old numbers again.
 *
 * Without Redis all calls enter the section at once, and the token alone decides: slower, and just as correct.
 */
export function createDistributedLock(deps: StrategyDeps): StrategyLedger {
  const { pool, redis, holdTtlMs } = deps;
  const underLock = createLock(redis, LOCK_TTL_MS);

  return {
    ...createConditional(deps),
    hold(request) {
      let lost = 0;
      return untilDecided(
        async () => {
          if (lost > 0) await delay(Math.random() * POLL_MS * lost);
          const decided = await underLock(request.skuId, () => holdWithToken(request));
          if (decided.outcome === 'retry') lost += 1;
          return toOutcome(deps, request.skuId, decided);
        },
        () => ({ outcome: 'contention_lost' }),
        TRIES_MAX,
      );
    },
  };

  async function holdWithToken(request: HoldRequest): Promise<HoldOutcome | Settled> {
    const { skuId, quantity } = request;
    const { rows } = await pool.query<{ token: number }>({
      name: 'lock.token',
      text: 'UPDATE inventory SET version = version + 1 WHERE sku_id = $1 RETURNING version AS token',
      values: [skuId],
    });
    const found = await readForBuyer(pool, request);
    if ('settled' in found) return found.settled;
    const { available, reserved, sequence } = found.stock;

    return transaction(pool, async (client) => {
      const { rowCount } = await client.query({
        // Some time has passed since the row was read, and the sale may be over. Its other rules have the row's version.
        name: 'lock.take',
        text: `UPDATE inventory
               SET available_count = $3, reserved_count = $4, sequence = $5, version = version + 1,
                   updated_at = now()
               WHERE sku_id = $1 AND version = $2 AND ${IS_OPEN}`,
        values: [skuId, rows[0]?.token, available - quantity, reserved + quantity, sequence + 1],
      });
      if (rowCount === 0) return { outcome: 'retry' };
      return writeHold(client, request, sequence + 1, holdTtlMs);
    });
  }
}

/**
 * Runs one piece of work per name at a time: within this process by a queue, among processes by a key in Redis that lapses
 * after `ttlMs`. While Redis is away, only the queue remains.
 */
function createLock(redis: Redis | undefined, ttlMs: number) {
  const unlock = redis && loadScript<number>(redis, 'server', 'stock', 'strategies', 'unlock.lua');
  const queues = new Map<string, Promise<unknown>>();

  return function underLock<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (queues.get(name) ?? Promise.resolve()).then(() => locked(`lock:{${name}}`, work));
    const ended = turn
      .catch(() => {})
      .then(() => {
        if (queues.get(name) === ended) queues.delete(name);
      });
    queues.set(name, ended);
    return turn;
  };

  async function locked<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mark = newId();
    while (!(await acquire(key, mark))) await delay(POLL_MS * (0.5 + Math.random()));
    try {
      return await work();
    } finally {
      // A lock that could not be released lapses.
      await unlock?.([key], [mark]).catch(() => {});
    }
  }

  async function acquire(key: string, mark: string): Promise<boolean> {
    if (redis === undefined || !redis.isUp()) return true;
    try {
      return (await redis.client.set(key, mark, 'PX', ttlMs, 'NX')) === 'OK';
    } catch {
      return true;
    }
  }
}
