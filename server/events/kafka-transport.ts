import type { Pool } from 'pg';
import { PARTITIONS } from '../../src/protocol/events.ts';
import type { Logger } from '../platform/logging.ts';
import { type Repeated, repeat } from '../platform/repeat.ts';
import type { Delivery } from './delivery.ts';
import type { Consumer } from './event.ts';
import type { EventTransport } from './event-transport.ts';
import { KafkaAway, type KafkaClient } from './kafka-client.ts';
import { fromMessage } from './kafka-message.ts';
import { BATCH, readSource, subscribe } from './outbox.ts';
import { createRelay } from './relay.ts';

/** A consumer whose brokers were away looks for them again after this. */
const CONSUME_AGAIN_AFTER_MS = 500;

/**
 * Delivers over Kafka: a relay publishes the outbox, and each consumer is a consumer group. Offsets are committed after
 * handling; what is read again because of that, the groups know by its event id.
 */
export function createKafkaLog(deps: {
  pool: Pool;
  kafka: KafkaClient;
  replicationFactor: number;
  consumers: Consumer[];
  delivery: Delivery;
  pollIntervalMs: number;
  /** Which halves this process does. */
  roles: { relay: boolean; worker: boolean };
  onPublished(topic: string): void;
  log: Logger;
}): EventTransport {
  const { pool, kafka, replicationFactor, consumers, delivery, roles, log } = deps;
  const ready = onceDone(async () => {
    // Groups are known before anything is published, so that what they have still to handle is remembered.
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

/** The same work once for all; again only after it failed. */
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
