import type { Pool } from 'pg';
import { PARTITIONS } from '../../../src/protocol/events.ts';
import type { Logger } from '../../platform/logging.ts';
import { type Repeated, repeat } from '../../platform/repeat.ts';
import type { Delivery } from '../delivery.ts';
import type { Consumer } from '../event.ts';
import type { EventTransport } from '../event-transport.ts';
import { BATCH, readSource, subscribe } from '../outbox.ts';
import { KafkaAway, type KafkaClient } from './client.ts';
import { fromMessage } from './message.ts';
import { createRelay } from './relay.ts';

/** The wait before a consumer whose brokers were away connects again. */
const CONSUME_AGAIN_AFTER_MS = 500;

/**
 * The transport over Kafka: a relay publishes the outbox, and each consumer is a consumer group. Offsets are committed
 * after events are handled, so events may be read again; the groups recognise those by their event ids.
 */
export function createKafkaTransport(deps: {
  pool: Pool;
  kafka: KafkaClient;
  replicationFactor: number;
  consumers: Consumer[];
  delivery: Delivery;
  pollIntervalMs: number;
  /** The parts of the work that this process does. */
  roles: { relay: boolean; worker: boolean };
  onPublished(topic: string): void;
  log: Logger;
}): EventTransport {
  const { pool, kafka, replicationFactor, consumers, delivery, roles, log } = deps;
  const ready = onceDone(async () => {
    // Groups subscribe before anything is published, so that their unhandled events are kept.
    if (roles.worker) await subscribe(pool, consumers);
    await kafka.createTopics(PARTITIONS, replicationFactor);
  });
  const source = onceDone(() => readSource(pool));

  const consume = (consumer: Consumer): Repeated =>
    repeat({
      intervalMs: CONSUME_AGAIN_AFTER_MS,
      async pass(signal) {
        await ready();
        const own = await source();
        await kafka.consume({
          group: consumer.group,
          topics: consumer.topics,
          batchMax: BATCH,
          signal,
          async onBatch(messages) {
            const events = messages
              .map((message) => fromMessage(message, own))
              .filter((event) => event !== undefined);
            if (events.length > 0) await delivery.deliver(consumer, async () => events, signal);
          },
        });
      },
      onFailure(error) {
        if (error instanceof KafkaAway) return;
        log.error({ err: error, group: consumer.group }, 'events wait to be handled');
      },
    });

  const parts: Repeated[] = [
    ...(roles.relay ? [createRelay({ ...deps, ready, source })] : []),
    ...(roles.worker ? consumers.map(consume) : []),
  ];
  return {
    start() {
      for (const part of parts) part.start();
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
      await kafka.close();
    },
  };
}

/** Runs work once, however often it is called; after a failure, the next call runs it again. */
function onceDone<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work().catch((error) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
