import type { Pool, PoolClient } from 'pg';
import { entryOf } from '../../../src/kernel/group-by.ts';
import type { DomainEvent } from '../event.ts';
import { STOCK_TOPICS, sequenceOf } from './stock-events.ts';

/** The step of a cursor: the group of the cursor has handled the events of the movements up to `to`. */
export interface Step {
  topic: string;
  skuId: string;
  from: number;
  to: number;
}

/** The relay's name among the groups. No group can have it, because of the space. */
export const RELAY = 'kafka relay';

/** Where a group is in the log of a SKU: the number of the last movement, and by topic that of the last one it is done with. */
export interface Place {
  head: number;
  done: Map<string, number>;
}

/** The places of a group, by SKU. A SKU without a row has no movements, a topic without one is at 0. */
export async function readPlaces(
  tx: PoolClient,
  group: string,
  topics: string[],
  skuIds: string[],
): Promise<Map<string, Place>> {
  const { rows } = await tx.query<{
    sku_id: string;
    head: number;
    topic: string | null;
    sequence: number;
  }>({
    name: 'stock-log.read-places',
    text: `SELECT i.sku_id, i.sequence AS head, c.topic, c.sequence
           FROM inventory i
           LEFT JOIN stock_cursors c ON c.sku_id = i.sku_id AND c.consumer_group = $1 AND c.topic = ANY ($2)
             -- Says nothing new. A plan that was made for an empty table would else read all cursors of the group, for ever.
             AND c.sku_id = ANY ($3)
           WHERE i.sku_id = ANY ($3)`,
    values: [group, topics, skuIds],
  });
  const places = new Map<string, Place>();
  for (const { sku_id, head, topic, sequence } of rows) {
    const place = entryOf(places, sku_id, () => ({ head, done: new Map<string, number>() }));
    if (topic !== null) place.done.set(topic, sequence);
  }
  return places;
}

/**
 * Moves cursors of a group, and notes the events that are handed to it with that. Returns false when one of the cursors is
 * not where the step begins, because another worker was there first; then the transaction must be rolled back.
 */
export async function moveCursors(
  tx: PoolClient,
  group: string,
  steps: Step[],
  events: DomainEvent[],
): Promise<boolean> {
  const runs = runsOf(events);
  const { rows } = await tx.query<{ moved: number }>({
    name: 'stock-log.move-cursors',
    text: `WITH step AS (
             SELECT * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS s (topic, sku_id, "from", "to")
           ),
           moved AS (
             UPDATE stock_cursors c SET sequence = s."to" FROM step s
             WHERE c.sku_id = s.sku_id AND c.consumer_group = $1 AND c.topic = s.topic AND c.sequence = s."from"
               -- Says nothing new. A plan that was made for an empty table would else read all cursors of the group, for ever.
               AND c.sku_id = ANY ($3)
             RETURNING 1
           ),
           begun AS (
             INSERT INTO stock_cursors (sku_id, consumer_group, topic, sequence)
             SELECT sku_id, $1, topic, "to" FROM step WHERE "from" = 0
             ON CONFLICT DO NOTHING
             RETURNING 1
           ),
           noted AS (
             INSERT INTO handled_stock_events (consumer_group, topic, sku_id, runs)
             SELECT $1, topic, sku_id, runs FROM unnest($6::text[], $7::text[], $8::json[]) AS r (topic, sku_id, runs)
           )
           SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM begun) AS moved`,
    values: [
      group,
      steps.map(({ topic }) => topic),
      steps.map(({ skuId }) => skuId),
      steps.map(({ from }) => from),
      steps.map(({ to }) => to),
      ...runColumns(runs),
    ],
  });
  return rows[0]?.moved === steps.length;
}

/** Notes stock events that are handed to a group while its cursors stay: dead letters that are replayed. */
export async function noteHandled(
  tx: PoolClient,
  group: string,
  events: DomainEvent[],
): Promise<void> {
  await tx.query({
    name: 'stock-log.note-handled',
    text: `INSERT INTO handled_stock_events (consumer_group, topic, sku_id, runs)
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::json[])`,
    values: [group, ...runColumns(runsOf(events))],
  });
}

/** Events of one type, of so many movements in a row. */
type Run = [type: string, first: number, movements: number];

interface Runs {
  topic: string;
  skuId: string;
  runs: Run[];
}

/** Writes events down as runs, by topic and SKU: nothing but the events themselves, each as often as it is among them. */
function runsOf(events: DomainEvent[]): Runs[] {
  const streams: Runs[] = [];
  const byTopic = new Map<string, Map<string, Runs>>();
  for (const event of events) {
    const { topic, key: skuId, type } = event;
    const ofTopic = byTopic.get(topic) ?? new Map<string, Runs>();
    let stream = ofTopic.get(skuId);
    if (stream === undefined) {
      stream = { topic, skuId, runs: [] };
      streams.push(stream);
      byTopic.set(topic, ofTopic.set(skuId, stream));
    }
    const last = stream.runs.at(-1);
    const sequence = sequenceOf(event);
    if (last?.[0] === type && sequence === last[1] + last[2]) last[2] += 1;
    else stream.runs.push([type, sequence, 1]);
  }
  return streams;
}

const runColumns = (runs: Runs[]) => [
  runs.map(({ topic }) => topic),
  runs.map(({ skuId }) => skuId),
  runs.map((each) => JSON.stringify(each.runs)),
];

/**
 * Lets the relay go on behind what all groups have handled already, without Kafka: nobody here waits for it. What the relay
 * has published before stays published.
 */
export async function skipHandled(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO stock_cursors AS c (sku_id, consumer_group, topic, sequence)
     SELECT i.sku_id, $1, s.topic, min(coalesce(g.sequence, 0))
     FROM inventory i
     CROSS JOIN event_subscriptions s
     LEFT JOIN stock_cursors g ON g.sku_id = i.sku_id AND g.consumer_group = s.consumer_group AND g.topic = s.topic
     WHERE i.sequence > 0 AND s.topic = ANY ($2)
     GROUP BY i.sku_id, s.topic
     HAVING min(coalesce(g.sequence, 0)) > 0
     ON CONFLICT (sku_id, consumer_group, topic) DO UPDATE SET sequence = excluded.sequence
     WHERE c.sequence < excluded.sequence`,
    [RELAY, STOCK_TOPICS],
  );
}
