import type { Pool } from 'pg';
import type { ServerMetrics } from '../platform/metrics.ts';
import { behindQuery } from './evidence.ts';
import { RELAY } from './stock-log/cursors.ts';
import { STOCK_TOPICS } from './stock-log/stock-events.ts';

/** The count of undelivered events of a kind stops here: counting more of them would delay their delivery. */
const COUNTED_MAX = 10_000;

const SUBSCRIPTIONS = 'SELECT consumer_group, topic FROM event_subscriptions';
const RELAYS = `SELECT '${RELAY}' AS consumer_group, unnest(ARRAY['${STOCK_TOPICS.join("', '")}']) AS topic`;

/** Sets the gauges of the backlog and of dead letters. A failed reading removes them, because an old number would look new. */
export function createEventGauges(deps: {
  pool: Pool;
  metrics: ServerMetrics;
  /** True where a relay publishes events to Kafka. */
  hasKafka: boolean;
  /** The events that this process hands to a group at this moment. */
  underWay(group: string): number;
}): () => Promise<void> {
  const { pool, metrics, hasKafka, underWay } = deps;

  return async function refresh() {
    try {
      await read();
    } catch (cause) {
      metrics.consumerLag.reset();
      metrics.deadLetters.reset();
      metrics.outboxEvents.reset();
      throw new Error('the events under way could not be counted', { cause });
    }
  };

  async function read(): Promise<void> {
    const { rows } = await pool.query<{ group: string; lag: number; dead: number }>({
      name: 'events.gauges',
      text: `WITH waiting AS (
               (SELECT id, topic FROM outbox ORDER BY id LIMIT ${COUNTED_MAX}) UNION ALL
               (SELECT event_id, topic FROM published_events ORDER BY event_id LIMIT ${COUNTED_MAX})
             ),
             behind AS (
               SELECT consumer_group, sum(events)::bigint AS events
               FROM (${behindQuery(SUBSCRIPTIONS, 'each', { countedMax: COUNTED_MAX })}) b GROUP BY 1
             )
             SELECT s.consumer_group AS group,
               count(w.id) FILTER (WHERE
                 (SELECT true FROM handled_events h
                  WHERE h.consumer_group = s.consumer_group AND h.event_id = w.id LIMIT 1) IS NULL
                 AND (SELECT true FROM dead_letters d
                  WHERE d.consumer_group = s.consumer_group AND d.event_id = w.id::text LIMIT 1) IS NULL
               ) + coalesce((SELECT events FROM behind b WHERE b.consumer_group = s.consumer_group), 0) AS lag,
               (SELECT count(*) FROM dead_letters d WHERE d.consumer_group = s.consumer_group) AS dead
             FROM event_subscriptions s LEFT JOIN waiting w USING (topic) GROUP BY s.consumer_group`,
    });
    for (const { group, lag, dead } of rows) {
      // Events may be committed and not counted yet: then the group is not at rest, whatever the database says.
      metrics.consumerLag.set({ group }, Math.max(lag, underWay(group)));
      metrics.deadLetters.set({ group }, dead);
    }
    const unread = hasKafka
      ? behindQuery(RELAYS, 'each', { countedMax: COUNTED_MAX })
      : behindQuery(SUBSCRIPTIONS, 'any', { countedMax: COUNTED_MAX });
    const { rows: outbox } = await pool.query<{ count: number }>({
      name: 'events.outbox-size',
      text: `SELECT (SELECT count(*) FROM outbox)
               + (SELECT coalesce(sum(events), 0)::bigint FROM (${unread}) unread) AS count`,
    });
    metrics.outboxEvents.set(outbox[0]?.count ?? 0);
  }
}
