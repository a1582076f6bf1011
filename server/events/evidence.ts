import pg from 'pg';
import { CAUSES, STOCK_TOPICS } from './stock-log/stock-events.ts';

const literals = (values: string[]): string => values.map(pg.escapeLiteral).join(', ');

/** Of movements `m` and topics `t`: true if the movement causes an event in the topic. */
const CAUSES_EVENT = `m.user_id IS NOT NULL AND (${CAUSES.map(
  ({ topic, kind, needsOrder }) =>
    `t.topic = ${pg.escapeLiteral(topic)} AND m.kind = ${pg.escapeLiteral(kind)}${needsOrder ? ' AND m.order_id IS NOT NULL' : ''}`,
).join(' OR ')})`;

/**
 * A query for the events of movements that have not been handled, one row for each topic and SKU that has such events:
 * `reader` is a query for columns consumer_group and topic. `each` counts for every group, `any` counts an event once.
 */
export function behindQuery(
  readers: string,
  count: 'each' | 'any',
  options: { skuFilter?: string; countedMax?: number } = {},
): string {
  const { skuFilter = 'true', countedMax } = options;
  const group = count === 'each' ? 'r.consumer_group' : "''";
  return `SELECT t.consumer_group, t.topic, t.sku_id, counted.events
    FROM (
      SELECT ${group} AS consumer_group, r.topic, i.sku_id, min(coalesce(c.sequence, 0)) AS reached
      FROM inventory i
      CROSS JOIN (${readers}) r
      -- Looked up row by row, by every plan: one for few SKUs would compare each with every cursor when there are many.
      LEFT JOIN LATERAL (
        SELECT sequence FROM stock_cursors
        WHERE sku_id = i.sku_id AND consumer_group = r.consumer_group AND topic = r.topic LIMIT 1
      ) c ON true
      WHERE i.sequence > 0 AND r.topic IN (${literals(STOCK_TOPICS)}) AND coalesce(c.sequence, 0) < i.sequence AND ${skuFilter}
      GROUP BY 1, 2, 3
    ) t
    CROSS JOIN LATERAL (
      SELECT count(*) AS events FROM (
        SELECT FROM stock_movements m
        WHERE m.sku_id = t.sku_id AND m.sequence > t.reached AND ${CAUSES_EVENT}
        ${countedMax === undefined ? '' : `LIMIT ${countedMax}`}
      ) waiting
    ) counted`;
}

/** Queries for the rows of the ledger that tell of events, as JSON lines; $1 is a SKU, or NULL for all. */
export interface EventQueries {
  delivery: string;
  backlog: string;
}

/**
 * The evidence about events. Of a group that is not subscribed yet all events are still to be delivered.
 *
 * A delivery of a stock event has the id `m17` for the movement 17: with its topic and SKU, that names the event.
 */
export function eventQueries(consumers: { group: string; topics: string[] }[]): EventQueries {
  const promised = consumers.flatMap(({ group, topics }) =>
    topics.map((topic) => `(${literals([group, topic])})`),
  );
  const readers = ['SELECT consumer_group, topic FROM event_subscriptions'];
  if (promised.length > 0) readers.push(`VALUES ${promised.join(', ')}`);
  const behind = behindQuery(readers.join(' UNION '), 'any', {
    skuFilter: '($1::text IS NULL OR i.sku_id = $1)',
  });
  return {
    delivery: `SELECT json_build_object(
         'row', 'delivery', 'group', consumer_group, 'eventId', event_id, 'topic', topic, 'type', type,
         'skuId', sku_id, 'sequence', sequence)::text AS line
       FROM (
         SELECT consumer_group, event_id::text, topic, type, sku_id, sequence FROM handled_events
         UNION ALL
         SELECT consumer_group, 'm' || number, topic, run->>0, sku_id, number
         FROM handled_stock_events
         CROSS JOIN LATERAL json_array_elements(runs) run
         CROSS JOIN LATERAL generate_series((run->>1)::bigint, (run->>1)::bigint + (run->>2)::bigint - 1) number
       ) handled
       WHERE $1::text IS NULL OR sku_id = $1`,

    // With Kafka, events of the outbox that are published and not handled yet are in published_events.
    backlog: `SELECT json_build_object(
         'row', 'backlog', 'skuId', i.sku_id, 'pending', coalesce(sum(waiting.events), 0),
         'deadLetters', (SELECT count(*) FROM dead_letters d WHERE coalesce(d.payload->>'skuId', d.key) = i.sku_id)
       )::text AS line
       FROM inventory i LEFT JOIN (
         SELECT coalesce(payload->>'skuId', key) AS sku_id, 1 AS events FROM outbox
         UNION ALL SELECT sku_id, 1 FROM published_events
         UNION ALL SELECT sku_id, events FROM (${behind}) behind
       ) waiting USING (sku_id)
       WHERE $1::text IS NULL OR i.sku_id = $1 GROUP BY i.sku_id ORDER BY i.sku_id`,
  };
}
