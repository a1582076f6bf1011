import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../../src/kernel/ids.ts';
import { transaction } from '../../platform/postgres.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { conclude, look, type Settled, writeHold } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';
import { createConditional } from './conditional.ts';

/** A holder that died blocks its SKU for so long. Much longer than a section takes, much shorter than buyers wait. */
const LOCK_TTL_MS = 2_000;
const POLL_MS = 3;
const TRIES_MAX = 100;

/**
 * A lock per SKU in Redis around look, decide, write. It keeps others from working in vain and nothing more: a lock may
 * lapse while its holder is still at work (a long pause, a slow disk) or be forgotten by Redis, and then two are in the
 * section.
 *
 * What makes it correct is the fencing token. Whoever enters the section takes the row's next version, and whatever
 * changes the row afterwards, another holder or a checkout that needs no lock, moves it on; a write under an outdated
 * token changes nothing. The token comes from the row that it protects: a Redis that forgets would give out old numbers
 * again.
 *
 * Without Redis everybody is in the section at once, and the token alone decides: slower, and just as correct.
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
          return conclude(deps, request.skuId, decided);
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
    const seen = await look(pool, request);
    if ('settled' in seen) return seen.settled;
    const { available, reserved, sequence } = seen.stock;

    return transaction(pool, async (client) => {
      const { rowCount } = await client.query({
        name: 'lock.take',
        text: `UPDATE inventory
               SET available_count = $3, reserved_count = $4, sequence = $5, version = version + 1,
                   updated_at = now()
               WHERE sku_id = $1 AND version = $2`,
        values: [skuId, rows[0]?.token, available - quantity, reserved + quantity, sequence + 1],
      });
      if (rowCount === 0) return { outcome: 'retry' };
      return writeHold(client, request, sequence + 1, holdTtlMs);
    });
  }
}

/**
 * Runs one piece of work per name at a time, in this process by a queue and among processes by a key in Redis that
 * lapses after `ttlMs`. While Redis is away only the queue is left.
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
      // A lock that could not be given back lapses.
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
