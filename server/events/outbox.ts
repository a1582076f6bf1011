import type { Pool, PoolClient } from 'pg';
import type { Consumer, DomainEvent } from './event.ts';
import { STOCK_TOPICS } from './stock-log/stock-events.ts';

/** Events read in one statement. */
export const BATCH = 500;
/** Ids of unhandled events listed in one statement. */
const LIST_BATCH = 20_000;
/** Rows deleted in one statement. */
export const TIDY_BATCH = 5000;

/** The first half of the keys of all advisory locks taken here. The second half is a hash of the name of the lock. */
const LOCKS = 7_313_002;

interface OutboxRow {
  id: number;
  topic: string;
  key: string;
  type: string;
  payload: unknown;
  created_at: Date;
}

const toEvent = (row: OutboxRow): DomainEvent => ({
  eventId: String(row.id),
  topic: row.topic,
  key: row.key,
  type: row.type,
  payload: row.payload,
  occurredAt: row.created_at,
});

/**
 * Takes the lock of this name until the transaction ends. Returns false when another session has it. An instance that dies
 * loses its transaction and so the lock: another instance goes on at once, and no leader has to be elected.
 *
 * Also makes the rest of the transaction read by index. The planner does not know that only the first of thousands of
 * waiting rows are wanted; it would read and sort them all.
 */
export async function tryLock(tx: PoolClient, name: string): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean }>({
    name: 'events.lock',
    text: `SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS locked,
             set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`,
    values: [LOCKS, name],
  });
  return rows[0]?.locked ?? false;
}

/**
 * The ids of the first events in the outbox that a group has not handled yet, in the order of each SKU.
 *
 * Ids are given out before the commit, so a smaller id may appear after a bigger one was read. Within one SKU, ids follow
 * the order of the commits, because a statement that writes events of a SKU holds the lock of its inventory row until
 * the commit: the events of a SKU that one statement sees have no gaps. Those that two statements see may have gaps, so
 * a list must not be continued behind its end; each list begins at the first event again.
 */
export async function listUnhandled(
  tx: PoolClient,
  { group, topics }: Consumer,
): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'events.list-unhandled',
    // A subquery with a LIMIT is executed per row, by index. A join might read all events that were ever handled.
    text: `SELECT id FROM outbox o
           WHERE topic = ANY ($2)
             AND (SELECT true FROM handled_events h
                  WHERE h.consumer_group = $1 AND h.event_id = o.id LIMIT 1) IS NULL
             AND (SELECT true FROM dead_letters d
                  WHERE d.consumer_group = $1 AND d.event_id = o.id::text LIMIT 1) IS NULL
           ORDER BY id LIMIT ${LIST_BATCH}`,
    values: [group, topics],
  });
  return rows.map(({ id }) => id);
}

/** Those of the events that are still in the outbox. */
export async function readEvents(tx: PoolClient, ids: number[]): Promise<DomainEvent[]> {
  const { rows } = await tx.query<OutboxRow>({
    name: 'events.read',
    text: `SELECT id, topic, key, type, payload, created_at FROM outbox
           WHERE id = ANY ($1::bigint[]) ORDER BY id`,
    values: [ids],
  });
  return rows.map(toEvent);
}

/** The ids of the first events in the outbox. */
export async function listFirst(pool: Pool): Promise<number[]> {
  // Not prepared: a plan for an empty outbox would read all of a full one.
  const { rows } = await pool.query<{ id: number }>(
    `SELECT id FROM outbox ORDER BY id LIMIT ${BATCH}`,
  );
  return rows.map(({ id }) => id);
}

/** Moves published events from the outbox to `published_events`, where they stay until all their groups have handled them. */
export async function movePublished(tx: PoolClient, events: DomainEvent[]): Promise<void> {
  await tx.query({
    name: 'events.move-published',
    text: `WITH published AS (
             DELETE FROM outbox WHERE id = ANY ($1::bigint[])
             RETURNING id, topic, coalesce(payload->>'skuId', key) AS sku_id
           )
           INSERT INTO published_events (event_id, topic, sku_id)
           SELECT id, topic, sku_id FROM published p
           WHERE EXISTS (SELECT FROM event_subscriptions s WHERE s.topic = p.topic)`,
    values: [events.map(({ eventId }) => eventId)],
  });
}

/** The id of this database among those that share a Kafka. */
export async function readSource(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ source: string }>('SELECT source FROM event_source');
  return rows[0]!.source;
}

/** True if the outbox has events. The statement is not prepared: a plan for an empty outbox would read all of a full one. */
export async function hasEvents(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT id FROM outbox ORDER BY id LIMIT 1');
  return rowCount === 1;
}

/**
 * Subscribes the groups to their topics, so that events are kept until these groups have handled them. The first groups of a
 * database begin at its first stock movements; a group that is new beside others begins with what changes from now on.
 */
export async function subscribe(pool: Pool, consumers: Consumer[]): Promise<void> {
  const subscriptions = consumers.flatMap(({ group, topics }) =>
    topics.map((topic) => ({ group, topic })),
  );
  await pool.query(
    `WITH subscribed AS (
       INSERT INTO event_subscriptions (topic, consumer_group)
       SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING
       RETURNING topic, consumer_group
     )
     INSERT INTO stock_cursors (sku_id, consumer_group, topic, sequence)
     SELECT i.sku_id, s.consumer_group, s.topic, i.sequence
     FROM subscribed s CROSS JOIN inventory i
     WHERE s.topic = ANY ($3) AND i.sequence > 0
       -- Sees the subscriptions as they were before.
       AND EXISTS (SELECT FROM event_subscriptions)
     ON CONFLICT DO NOTHING`,
    [
      subscriptions.map(({ topic }) => topic),
      subscriptions.map(({ group }) => group),
      STOCK_TOPICS,
    ],
  );
}

/**
 * Deletes the events that every subscribed group has handled or has as dead letters, among the first `TIDY_BATCH` rows.
 * Rows further behind wait for the slowest group.
 *
 * @returns how many were deleted
 */
export async function deleteDelivered(
  tx: PoolClient,
  table: 'outbox' | 'published_events',
): Promise<number> {
  const id = table === 'outbox' ? 'id' : 'event_id';
  const { rowCount } = await tx.query({
    name: `events.delete-delivered-${table}`,
    text: `DELETE FROM ${table} WHERE ${id} = ANY (ARRAY(
             SELECT e.${id} FROM (SELECT ${id}, topic FROM ${table} ORDER BY ${id} LIMIT ${TIDY_BATCH}) e
             WHERE NOT EXISTS (
               SELECT FROM event_subscriptions s
               WHERE s.topic = e.topic
                 AND (SELECT true FROM handled_events h
                      WHERE h.consumer_group = s.consumer_group AND h.event_id = e.${id} LIMIT 1) IS NULL
                 AND (SELECT true FROM dead_letters d
                      WHERE d.consumer_group = s.consumer_group AND d.event_id = e.${id}::text LIMIT 1) IS NULL
             )
           ))`,
  });
  return rowCount ?? 0;
}
