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
 * What has to be done about events beside delivering them: subscribes the groups, replays dead letters, deletes what all groups have handled,
 * and forgets what was handled longer ago than `retentionMs`, which must be longer than an event can come again.
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

  /** One instance at a time; answers whether there is more to do. */
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
      await pool.query(
        "DELETE FROM handled_events WHERE handled_at < now() - $1 * interval '1 millisecond'",
        [retentionMs],
      );
    },
    onFailure: (error) => log.error({ err: error }, 'delivered events were not cleared away'),
  });
}
