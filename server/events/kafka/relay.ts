import type { Pool } from 'pg';
import type { Logger } from '../../platform/logging.ts';
import { transaction } from '../../platform/postgres.ts';
import { type Repeated, repeat } from '../../platform/repeat.ts';
import { BATCH, movePublished, readFirst, tryLock } from '../outbox.ts';
import { KafkaAway, type KafkaClient } from './client.ts';
import { toMessage } from './message.ts';

/**
 * Publishes the outbox to Kafka, in the order of the outbox. One instance at a time does it: the one that has the lock. It
 * publishes inside the transaction of the lock, so when it dies, both the lock and the events are free again. Events that
 * Kafka acknowledged leave the outbox.
 *
 * After a failure, above all a timeout, the events may have been published all the same. They are published again, and
 * consumers recognise them by their event ids.
 */
export function createRelay(deps: {
  pool: Pool;
  kafka: KafkaClient;
  /** Resolves when the topics exist. */
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
      // The client has logged already that Kafka is away.
      if (error instanceof KafkaAway) return;
      log.error({ err: error }, 'events are not published; they wait in the outbox');
    },
  });
}
