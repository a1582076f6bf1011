import type { Pool } from 'pg';
import { PARTITIONS } from '../../../src/protocol/events.ts';
import type { Logger } from '../../platform/logging.ts';
import { type Repeated, repeat } from '../../platform/repeat.ts';
import type { Delivery } from '../delivery.ts';
import type { Consumer } from '../event.ts';
import type { EventTransport } from '../event-transport.ts';
import { readSource, subscribe } from '../outbox.ts';
import type { StockDelivery } from '../stock-log/stock-delivery.ts';
import { createCatchUp } from './catch-up.ts';
import type { KafkaClient } from './client.ts';
import { KafkaAway } from './failure.ts';
import { fromMessage, isOfSource, lastMovementOf, type Message } from './message.ts';
import { createRelay } from './relay.ts';

/** The wait before a consumer whose brokers were away connects again. */
const CONSUME_AGAIN_AFTER_MS = 500;
/** Messages handled at once. */
const MESSAGES_MAX = 2000;

/**
 * The transport over Kafka: a relay publishes the events, and each consumer is a consumer group. Offsets are committed
 * after events are handled, so events may be read again; the groups recognise those by their numbers.
 *
 * A message about a movement tells its group how far the log of its SKU has been published. The group then handles what it
 * has not handled up to there, with the movements as the ledger has them: so it makes no difference if Kafka delivers a
 * message twice, has lost some, or has them in another order after a failure.
 */
export function createKafkaTransport(deps: {
  pool: Pool;
  kafka: KafkaClient;
  replicationFactor: number;
  consumers: Consumer[];
  delivery: Delivery;
  stockDelivery: StockDelivery;
  pollIntervalMs: number;
  /** The parts of the work that this process does. */
  roles: { relay: boolean; worker: boolean };
  onPublished(topic: string): void;
  /** Makes spans of what is published. */
  traced?: ((publisher: Consumer) => Consumer) | undefined;
  nowMs(): number;
  log: Logger;
}): EventTransport {
  const { pool, kafka, replicationFactor, consumers, delivery, stockDelivery, roles, log } = deps;
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
        const catchUp = createCatchUp({ stockDelivery, consumer, signal });
        await kafka.consume({
          group: consumer.group,
          topics: consumer.topics,
          batchMax: MESSAGES_MAX,
          signal,
          async onBatch(messages) {
            const ownMessages = messages.filter((message) => isOfSource(message, own));
            for (const part of splitByKind(ownMessages)) {
              if (isOfMovements(part[0])) await catchUp(part);
              else await delivery.deliver(consumer, async () => part.map(fromMessage), signal);
            }
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

const isOfMovements = (message: Message | undefined): boolean =>
  message !== undefined && lastMovementOf(message) !== undefined;

/** Cuts messages into parts that all tell of movements, or all carry events of the outbox. */
function splitByKind(messages: Message[]): Message[][] {
  const parts: Message[][] = [];
  for (const message of messages) {
    const part = parts.at(-1);
    if (part !== undefined && isOfMovements(part[0]) === isOfMovements(message)) part.push(message);
    else parts.push([message]);
  }
  return parts;
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
