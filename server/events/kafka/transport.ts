import type { Pool } from 'pg';
import { PARTITIONS } from '../../../src/protocol/events.ts';
import type { Logger } from '../../platform/logging.ts';
import { type Repeated, repeat } from '../../platform/repeat.ts';
import type { Delivery } from '../delivery.ts';
import type { Consumer, DomainEvent } from '../event.ts';
import type { EventTransport } from '../event-transport.ts';
import { readSource, subscribe } from '../outbox.ts';
import type { Heads } from '../stock-log/changed-skus.ts';
import type { StockDelivery } from '../stock-log/stock-delivery.ts';
import { isStockEvent } from '../stock-log/stock-events.ts';
import { KafkaAway, type KafkaClient } from './client.ts';
import { fromMessage } from './message.ts';
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

  /** Handles the events of one partition, in their order. */
  async function handle(
    consumer: Consumer,
    events: DomainEvent[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const part of splitBySource(events)) {
      const [first] = part;
      if (first === undefined) continue;
      if (isStockEvent(first)) {
        // Messages of the other topics tell for themselves how far they are published.
        const ofTopic = { ...consumer, topics: [first.topic] };
        await stockDelivery.deliver(ofTopic, await readHeads(pool, part), { signal });
      } else {
        await delivery.deliver(consumer, async () => part, signal);
      }
    }
  }

  const consume = (consumer: Consumer): Repeated =>
    repeat({
      intervalMs: CONSUME_AGAIN_AFTER_MS,
      async pass(signal) {
        await ready();
        const own = await source();
        await kafka.consume({
          group: consumer.group,
          topics: consumer.topics,
          batchMax: MESSAGES_MAX,
          signal,
          async onBatch(messages) {
            const events = messages
              .map((message) => fromMessage(message, own))
              .filter((event) => event !== undefined);
            await handle(consumer, events, signal);
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

/** Cuts events into parts whose events are all of movements, or all of the outbox. */
function splitBySource(events: DomainEvent[]): DomainEvent[][] {
  const parts: DomainEvent[][] = [];
  for (const event of events) {
    const part = parts.at(-1);
    if (part?.[0] !== undefined && isStockEvent(part[0]) === isStockEvent(event)) part.push(event);
    else parts.push([event]);
  }
  return parts;
}

/**
 * The numbers up to which these events tell of movements, by SKU; never more than the ledger has, whatever the messages
 * say.
 */
async function readHeads(pool: Pool, events: DomainEvent[]): Promise<Heads> {
  const told: Heads = new Map();
  for (const event of events) {
    const sequence = Number(event.eventId.split('/').at(-1));
    if (sequence > (told.get(event.key) ?? 0)) told.set(event.key, sequence);
  }
  const { rows } = await pool.query<{ sku_id: string; sequence: number }>({
    name: 'stock-log.read-heads',
    text: 'SELECT sku_id, sequence FROM inventory WHERE sku_id = ANY ($1)',
    values: [[...told.keys()]],
  });
  return new Map(
    rows.map(({ sku_id, sequence }) => [sku_id, Math.min(sequence, told.get(sku_id) ?? 0)]),
  );
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
