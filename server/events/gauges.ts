import type { Pool } from 'pg';
import type { ServerMetrics } from '../platform/metrics.ts';

/** The count of undelivered events stops here: counting more of them would delay their delivery. */
const COUNTED_MAX = 10_000;

/** Sets the gauges of the backlog and of dead letters. A failed reading removes them, because an old number would look new. */
export function createEventGauges(pool: Pool, metrics: ServerMetrics): () => Promise<void> {
  return async function refresh() {
    try {
      const { rows } = await pool.query<{ group: string; lag: number; dead: number }>({
        name: 'events.gauges',
        text: `WITH waiting AS (
                 (SELECT id, topic FROM outbox ORDER BY id LIMIT ${COUNTED_MAX}) UNION ALL
                 (SELECT event_id, topic FROM published_events ORDER BY event_id LIMIT ${COUNTED_MAX})
               )
               SELECT s.consumer_group AS group,
                 count(w.id) FILTER (WHERE
                   (SELECT true FROM handled_events h
                    WHERE h.consumer_group = s.consumer_group AND h.event_id = w.id LIMIT 1) IS NULL
                   AND (SELECT true FROM dead_letters d
                    WHERE d.consumer_group = s.consumer_group AND d.event_id = w.id LIMIT 1) IS NULL
                 ) AS lag,
                 (SELECT count(*) FROM dead_letters d WHERE d.consumer_group = s.consumer_group) AS dead
               FROM event_subscriptions s LEFT JOIN waiting w USING (topic) GROUP BY s.consumer_group`,
      });
      for (const { group, lag, dead } of rows) {
        metrics.consumerLag.set({ group }, lag);
        metrics.deadLetters.set({ group }, dead);
      }
      const { rows: outbox } = await pool.query<{ count: number }>({
        name: 'events.outbox-size',
        text: 'SELECT count(*) FROM outbox',
      });
      metrics.outboxEvents.set(outbox[0]?.count ?? 0);
    } catch (cause) {
      metrics.consumerLag.reset();
      metrics.deadLetters.reset();
      metrics.outboxEvents.reset();
      throw new Error('the events under way could not be counted', { cause });
    }
  };
}
