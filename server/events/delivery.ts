import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { rootMessage } from '../../src/kernel/errors.ts';
import { whyNoEvent } from '../../src/protocol/events.ts';
import type { Logger } from '../platform/logging.ts';
import { transaction } from '../platform/postgres.ts';
import { addDeadLetter, failReplay, readReplays, removeDeadLetter } from './dead-letters.ts';
import type { Consumer, DomainEvent } from './event.ts';
import { noteHandled } from './stock-log/cursors.ts';
import { isStockEvent } from './stock-log/stock-events.ts';

/** Counts the results of deliveries, for metrics. */
export interface DeliveryObserver {
  /** So many more events (fewer, when negative) are handed to a group and neither counted as handled nor given back. */
  underWay(group: string, change: number): void;
  handled(group: string, count: number): void;
  retried(group: string): void;
  deadLettered(group: string, count: number): void;
}

export interface Delivery {
  /**
   * Passes the events that `take` returns to a consumer and marks them as handled, in one transaction. If that fails, the
   * events are handled one by one, each tried again with backoff: one that keeps failing becomes a dead letter, and its
   * neighbours are handled. A message that is no event of its topic becomes a dead letter at once.
   *
   * @throws when the database is away, or `signal` aborts a wait; events that were not handled must be delivered again
   */
  deliver(
    consumer: Consumer,
    take: (tx: PoolClient) => Promise<DomainEvent[]>,
    signal: AbortSignal,
  ): Promise<void>;

  /** Passes the dead letters that are marked to be replayed to their consumers again, each once. */
  replay(consumers: Consumer[]): Promise<void>;
}

export interface DeliveryDeps {
  pool: Pool;
  log: Logger;
  observer: DeliveryObserver;
  attemptsMax?: number;
  /** The wait before the second attempt, doubled for each further one. */
  backoffMs?: number;
}

export const RETRIES = { attemptsMax: 5, backoffMs: 100 };

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { pool, observer } = deps;
  const { attemptsMax, backoffMs } = { ...RETRIES, ...deps };
  const report = createDeadLetterReport(deps);

  return {
    async deliver(consumer, take, signal) {
      let events: DomainEvent[] = [];
      try {
        await handleTogether(consumer, async (tx) => {
          events = await take(tx);
          return events;
        });
      } catch (error) {
        if (events.length === 0) throw error;
        for (const event of events) await handleAlone(consumer, event, signal);
      }
    },

    async replay(consumers) {
      const byGroup = new Map(consumers.map((consumer) => [consumer.group, consumer]));
      for (const { group, event } of await readReplays(pool, [...byGroup.keys()])) {
        try {
          await handleTogether(byGroup.get(group)!, async (tx) =>
            (await removeDeadLetter(tx, group, event.eventId)) ? [event] : [],
          );
        } catch (error) {
          await failReplay(pool, group, event.eventId, rootMessage(error));
        }
      }
    },
  };

  async function handleTogether(
    consumer: Consumer,
    take: (tx: PoolClient) => Promise<DomainEvent[]>,
  ): Promise<void> {
    const { group } = consumer;
    let handled = 0;
    let deadLetters = 0;
    try {
      await transaction(pool, async (tx) => {
        const good: DomainEvent[] = [];
        for (const event of await take(tx)) {
          const error = whyNoEvent(event);
          if (error === undefined) good.push(event);
          else deadLetters += await addDeadLetter(tx, group, event, { error, attempts: 1 });
        }
        const fresh = await markHandled(tx, group, good);
        handled = fresh.length;
        observer.underWay(group, handled);
        if (handled > 0) await consumer.handle(fresh, tx);
      });
      if (handled > 0) observer.handled(group, handled);
    } finally {
      observer.underWay(group, -handled);
    }
    if (deadLetters > 0) {
      report(group, deadLetters, 'they are no events that their topic carries');
    }
  }

  async function handleAlone(
    consumer: Consumer,
    event: DomainEvent,
    signal: AbortSignal,
  ): Promise<void> {
    const { group } = consumer;
    for (let attempts = 1; ; attempts += 1) {
      try {
        await handleTogether(consumer, async () => [event]);
        return;
      } catch (error) {
        // Throws when the database is away: that is not the fault of the event, which is delivered again later.
        await pool.query('SELECT 1');
        if (attempts >= attemptsMax) {
          const failure = { error: rootMessage(error), attempts };
          const added = await addDeadLetter(pool, group, event, failure);
          report(group, added, error, event);
          return;
        }
        observer.retried(group);
        await delay(backoffMs * 2 ** (attempts - 1), undefined, { signal });
      }
    }
  }
}

/** Returns a function that counts and logs events that became dead letters. */
export function createDeadLetterReport({ log, observer }: DeliveryDeps) {
  return (group: string, count: number, why: unknown, event?: DomainEvent): void => {
    observer.deadLettered(group, count);
    const { eventId, topic, type } = event ?? {};
    log.error({ err: why, group, eventId, topic, type, count }, 'events became dead letters');
  };
}

/** Marks events as handled by a group. Returns those that were not marked before, in order. */
async function markHandled(
  tx: PoolClient,
  group: string,
  events: DomainEvent[],
): Promise<DomainEvent[]> {
  if (events.length === 0) return [];
  // Of stock events only dead letters come here, one by one; their cursors have passed them.
  if (events.every(isStockEvent)) {
    await noteHandled(tx, group, events);
    return events;
  }
  const payloads = events.map(({ key, payload }) => ({
    skuId: key,
    ...(payload as { skuId?: string; sequence?: number }),
  }));
  const { rows } = await tx.query<{ event_id: number }>({
    name: 'events.mark-handled',
    // A dead letter is handled by a replay only.
    text: `INSERT INTO handled_events (consumer_group, event_id, topic, type, sku_id, sequence)
           SELECT $1::text, e.event_id, e.topic, e.type, e.sku_id, e.sequence
           FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[])
             AS e (event_id, topic, type, sku_id, sequence)
           WHERE NOT EXISTS (
             SELECT FROM dead_letters d WHERE d.consumer_group = $1 AND d.event_id = e.event_id::text
           )
           ON CONFLICT DO NOTHING
           RETURNING event_id`,
    values: [
      group,
      events.map(({ eventId }) => eventId),
      events.map(({ topic }) => topic),
      events.map(({ type }) => type),
      payloads.map(({ skuId }) => skuId),
      payloads.map(({ sequence }) => sequence ?? null),
    ],
  });
  const fresh = new Set(rows.map((row) => String(row.event_id)));
  return events.filter(({ eventId }) => fresh.has(eventId));
}
