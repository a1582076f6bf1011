import type { Pool } from 'pg';
import type { Logger } from '../../platform/logging.ts';
import { transaction } from '../../platform/postgres.ts';
import { type Repeated, repeat } from '../../platform/repeat.ts';
import type { Consumer, DomainEvent } from '../event.ts';
import { BATCH, listFirst, movePublished, readEvents, tryLock } from '../outbox.ts';
import { createChangedSkus, type Heads } from '../stock-log/changed-skus.ts';
import { RELAY, skipHandled } from '../stock-log/cursors.ts';
import type { StockDelivery } from '../stock-log/stock-delivery.ts';
import { STOCK_TOPICS } from '../stock-log/stock-events.ts';
import type { KafkaClient } from './client.ts';
import { KafkaAway } from './failure.ts';
import { toMessages } from './message.ts';

/**
 * Publishes the events of movements, in the order of their SKUs, and those of the outbox to Kafka. One instance at a time
 * does it: the one that has the lock. It publishes inside the transaction of the lock, so when it dies, both the lock and
 * the events are free again. When Kafka has acknowledged events, the relay's cursors pass their movements, and events of the
 * outbox leave it. The events of movements come before those of the outbox that were written later.
 *
 * After a failure, above all a timeout, the events may have been published all the same. They are published again, and
 * consumers recognise them by their numbers.
 */
export function createRelay(deps: {
  pool: Pool;
  kafka: KafkaClient;
  stockDelivery: StockDelivery;
  /** Resolves when the topics exist. */
  ready(): Promise<unknown>;
  source(): Promise<string>;
  pollIntervalMs: number;
  onPublished(topic: string): void;
  /** Makes spans of what is published. */
  traced?: ((publisher: Consumer) => Consumer) | undefined;
  nowMs(): number;
  log: Logger;
}): Repeated {
  const { pool, kafka, stockDelivery, ready, source, pollIntervalMs, onPublished, log } = deps;
  const heads: Heads = new Map();
  let hasSkipped = false;

  async function publish(events: DomainEvent[]): Promise<void> {
    await ready();
    const from = await source();
    await kafka.publish(toMessages(events, from));
  }

  /** The relay as a reader of movements, which handles events by publishing them. */
  const publisher: Consumer = { group: RELAY, topics: STOCK_TOPICS, handle: publish };
  const reader = deps.traced?.(publisher) ?? publisher;
  const changed = createChangedSkus({ pool, readers: [reader], nowMs: deps.nowMs });

  const countPublished = (events: DomainEvent[]): void => {
    for (const { topic } of events) onPublished(topic);
  };

  /** Publishes the events of the outbox that have these ids. Returns false when another instance has the lock. */
  const publishOutbox = (ids: number[]): Promise<boolean> =>
    transaction(pool, async (tx) => {
      if (!(await tryLock(tx, RELAY))) return false;
      const events = await readEvents(tx, ids);
      if (events.length === 0) return true;
      await reader.handle(events, tx);
      await movePublished(tx, events);
      countPublished(events);
      return true;
    });

  return repeat({
    intervalMs: pollIntervalMs,
    async pass(signal) {
      if (!hasSkipped) await skipHandled(pool);
      hasSkipped = true;
      for (let isFull = true; isFull && !signal.aborted; ) {
        const ids = await listFirst(pool);
        const found = ids.length > 0 ? await changed.lookNow() : await changed.look();
        for (const [skuId, sequence] of found) heads.set(skuId, sequence);
        const options = { signal, lock: RELAY, onDone: countPublished };
        if (!(await stockDelivery.deliver(reader, heads, options))) return;
        if (ids.length > 0 && !(await publishOutbox(ids))) return;
        isFull = ids.length === BATCH;
      }
    },
    onFailure(error) {
      // The client has logged already that Kafka is away.
      if (error instanceof KafkaAway) return;
      log.error({ err: error }, 'events are not published; they wait in the database');
    },
  });
}
