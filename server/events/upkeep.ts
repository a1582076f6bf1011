import type { Pool } from 'pg';
import type { Logger } from '../platform/logging.ts';
import { transaction } from '../platform/postgres.ts';
import { type Repeated, repeat } from '../platform/repeat.ts';
import type { Delivery } from './delivery.ts';
import type { Consumer } from './event.ts';
import { deleteDelivered, subscribe, TIDY_BATCH, tryLock } from './outbox.ts';

const INTERVAL_MS = 200;
const PRUNE_EVERY_MS = 600_000;

/**
 * Does the work beside delivery: subscribes the groups, replays dead letters, deletes events that all groups have handled,
 * and deletes the marks "handled" that are older than `retentionMs`. That must be longer than the time after which an
 * event may be delivered again.
 */
export function createUpkeep(deps: {
  pool: Pool;
  consumers: Consumer[];
  delivery: Delivery;
  retentionMs: number;
  nowMs(): number;
  log: Logger;
}): Repeated {
  const { pool, consumers, delivery, retentionMs, nowMs, log } = deps;
  let isSubscribed = false;
  let prunedAtMs = nowMs();

  /** Deletes one batch of handled events, in one instance at a time. Returns whether there may be more. */
  const tidy = () =>
    transaction(pool, async (tx) => {
      if (!(await tryLock(tx, 'upkeep'))) return false;
      const outbox = await deleteDelivered(tx, 'outbox');
      const published = await deleteDelivered(tx, 'published_events');
      return Math.max(outbox, published) === TIDY_BATCH;
    });

  return repeat({
    intervalMs: INTERVAL_MS,
    async pass(signal) {
      if (!isSubscribed) await subscribe(pool, consumers);
      isSubscribed = true;
      while (!signal.aborted && (await tidy()));
      await delivery.replay(consumers);
      if (nowMs() - prunedAtMs < PRUNE_EVERY_MS) return;
      prunedAtMs = nowMs();
      for (const table of ['handled_events', 'handled_stock_events']) {
        await pool.query(
          `DELETE FROM ${table} WHERE handled_at < now() - $1 * interval '1 millisecond'`,
          [retentionMs],
        );
      }
    },
    onFailure: (error) => log.error({ err: error }, 'handled events could not be deleted'),
  });
}
