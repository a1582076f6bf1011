import type { Pool } from 'pg';
import type { Logger } from '../platform/logging.ts';
import { transaction } from '../platform/postgres.ts';
import { type Repeated, repeat } from '../platform/repeat.ts';
import { KafkaAway, type KafkaClient } from './kafka-client.ts';
import { toMessage } from './kafka-message.ts';
import { BATCH, movePublished, readFirst, tryLock } from './outbox.ts';

/**
 * Publishes the outbox to Kafka, in its order. One instance at a time does it, whoever has the lock; its transaction
 * spans the publishing, so that one that dies gives back both. What Kafka acknowledged leaves the outbox.
 *
 * A failure, a timeout above all, does not mean that nothing was published. It is published again, and whoever consumes
 * knows it by its event id.
 */
export function createRelay(deps: {
  pool: Pool;
  kafka: KafkaClient;
  /** Resolves when there are topics to publish to. */
  ready(): Promise<unknown>;
  source(): Promise<string>;
  pollIntervalMs: number;
  onPublished(topic: string): void;
  log: Logger;
}): Repeated {
  const { pool, kafka, ready, source, pollIntervalMs, onPublished, log } = deps;

  const publishNext = async (): Promise<number> =>
    transaction(pool, async (tx) => {
      if (!(await tryLock(tx, 'relay'))) return 0;
      const events = await readFirst(tx);
      if (events.length === 0) return 0;
      await ready();
      const from = await source();
      await kafka.publish(events.map((event) => toMessage(event, from)));
      await movePublished(tx, events);
      for (const { topic } of events) onPublished(topic);
      return events.length;
    });

  return repeat({
    intervalMs: pollIntervalMs,
    async pass(signal) {
      while (!signal.aborted && (await publishNext()) === BATCH);
    },
    onFailure(error) {
      // That Kafka is away its client has told.
      if (error instanceof KafkaAway) return;
      log.error({ err: error }, 'events are not published; they wait in the outbox');
    },
  });
}
