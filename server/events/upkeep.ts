import type { Pool } from 'pg';
import type { Logger } from '../platform/logging.ts';
import { transaction } from '../platform/postgres.ts';
import { type Repeated, repeat } from '../platform/repeat.ts';
import type { Delivery } from './delivery.ts';
import type { Consumer } from './event.ts';
import { deleteDelivered, subscribe, TIDY_BATCH, tryLock } from './outbox.ts';

const INTERVAL_MS = 200;
const IDLE_INTERVAL_MS = 1_000;
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

  /** The work that there may be, by one statement, because mostly there is none. It is not prepared, as in `hasEvents`. */
  async function look(): Promise<{ mayTidy: boolean; mayReplay: boolean }> {
    const { rows } = await pool.query<{ mayTidy: boolean; mayReplay: boolean }>(
      `SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM published_events) AS "mayTidy",
         EXISTS (SELECT FROM dead_letters WHERE replay_requested_at IS NOT NULL) AS "mayReplay"`,
    );
    return rows[0] as { mayTidy: boolean; mayReplay: boolean };
  }

  return repeat({
    intervalMs: INTERVAL_MS,
    idleIntervalMs: IDLE_INTERVAL_MS,
    async pass(signal) {
      if (!isSubscribed) await subscribe(pool, consumers);
      isSubscribed = true;
      const { mayTidy, mayReplay } = await look();
      while (mayTidy && !signal.aborted && (await tidy()));
      if (mayReplay) await delivery.replay(consumers);
      await prune();
      return mayTidy || mayReplay;
    },
    onFailure: (error) => log.error({ err: error }, 'handled events could not be deleted'),
  });

  async function prune(): Promise<void> {
    if (nowMs() - prunedAtMs < PRUNE_EVERY_MS) return;
    prunedAtMs = nowMs();
    for (const table of ['handled_events', 'handled_stock_events']) {
      await pool.query(
        `DELETE FROM ${table} WHERE handled_at < now() - $1 * interval '1 millisecond'`,
        [retentionMs],
      );
    }
  }
}
