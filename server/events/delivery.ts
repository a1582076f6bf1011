import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { rootMessage } from '../../src/kernel/errors.ts';
import { whyNoEvent } from '../../src/protocol/events.ts';
import type { Logger } from '../platform/logging.ts';
import { transaction } from '../platform/postgres.ts';
import { bury, exhume, failReplay, readReplays } from './dead-letters.ts';
import type { Consumer, DomainEvent } from './event.ts';

/** Hears what became of events, for metrics. */
export interface DeliveryObserver {
  handled(group: string, count: number): void;
  retried(group: string): void;
  buried(group: string, count: number): void;
}

export interface Delivery {
  /**
   * Hands the events that `take` gives to a consumer, and remembers them, in one transaction. If that fails they are
   * handled one by one, each tried again with backoff, so that a bad one is found and put among the dead letters while
   * its neighbours are handled. Those that are no events at all are put there at once.
   *
   * @throws when the database is away, or `signal` aborts a wait; what was not handled must be delivered again
   */
  deliver(
    consumer: Consumer,
    take: (tx: PoolClient) => Promise<DomainEvent[]>,
    signal: AbortSignal,
  ): Promise<void>;

  /** Hands dead letters that somebody asked to replay to their consumers again, each once. */
  replay(consumers: Consumer[]): Promise<void>;
}

const ATTEMPTS_MAX = 5;
const BACKOFF_MS = 100;

export function createDelivery(deps: {
  pool: Pool;
  log: Logger;
  observer: DeliveryObserver;
  attemptsMax?: number;
  /** Wait before the second attempt; doubled for each further one. */
  backoffMs?: number;
}): Delivery {
  const { pool, log, observer, attemptsMax = ATTEMPTS_MAX, backoffMs = BACKOFF_MS } = deps;

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
            (await exhume(tx, group, event.eventId)) ? [event] : [],
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
    let buried = 0;
    await transaction(pool, async (tx) => {
      const good: DomainEvent[] = [];
      for (const event of await take(tx)) {
        const error = whyNoEvent(event);
        if (error === undefined) good.push(event);
        else buried += await bury(tx, group, event, { error, attempts: 1 });
      }
      const fresh = await remember(tx, group, good);
      if (fresh.length > 0) await consumer.handle(fresh, tx);
      handled = fresh.length;
    });
    if (handled > 0) observer.handled(group, handled);
    if (buried > 0) tellBuried(group, buried, 'they are no events that their topic carries');
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
        // A database that is away is no event's fault. Then this throws, and the log delivers again.
        await pool.query('SELECT 1');
        if (attempts >= attemptsMax) {
          const buried = await bury(pool, group, event, { error: rootMessage(error), attempts });
          tellBuried(group, buried, error, event);
          return;
        }
        observer.retried(group);
        await delay(backoffMs * 2 ** (attempts - 1), undefined, { signal });
      }
    }
  }

  function tellBuried(group: string, count: number, why: unknown, event?: DomainEvent): void {
    observer.buried(group, count);
    const { eventId, topic, type } = event ?? {};
    log.error(
      { err: why, group, eventId, topic, type, count },
      'events were put among the dead letters',
    );
  }
}

/** Remembers events as handled by a group; answers with those it has not met before, in order. */
async function remember(
  tx: PoolClient,
  group: string,
  events: DomainEvent[],
): Promise<DomainEvent[]> {
  if (events.length === 0) return [];
  const payloads = events.map(({ payload }) => payload as { skuId: string; sequence?: number });
  const { rows } = await tx.query<{ event_id: number }>({
    name: 'events.remember',
    // What has become a dead letter is handled by a replay only.
    text: `INSERT INTO handled_events (consumer_group, event_id, topic, type, sku_id, sequence)
           SELECT $1::text, e.event_id, e.topic, e.type, e.sku_id, e.sequence
           FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[])
             AS e (event_id, topic, type, sku_id, sequence)
           WHERE NOT EXISTS (
             SELECT FROM dead_letters d WHERE d.consumer_group = $1 AND d.event_id = e.event_id
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
