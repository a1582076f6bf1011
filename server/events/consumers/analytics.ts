import { TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../event.ts';

/** Counts events and units of all stock topics per minute, SKU and type, for charts of a sale. */
export const createAnalytics = (): Consumer => ({
  group: 'analytics',
  topics: [TOPICS.reservations, TOPICS.inventory, TOPICS.orders],
  async handle(events, tx) {
    const payloads = events.map(({ payload }) => payload as { skuId: string; quantity?: number });
    await tx.query({
      name: 'analytics.count',
      // Rows are written in the same order by all workers, so that two of them cannot deadlock.
      text: `INSERT INTO event_counts (minute, sku_id, topic, type, events, units)
             SELECT date_trunc('minute', e.occurred_at), e.sku_id, e.topic, e.type, count(*), sum(e.units)
             FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::int[])
               AS e (occurred_at, sku_id, topic, type, units)
             GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
             ON CONFLICT (minute, sku_id, topic, type) DO UPDATE
             SET events = event_counts.events + excluded.events, units = event_counts.units + excluded.units`,
      values: [
        events.map(({ occurredAt }) => occurredAt),
        payloads.map(({ skuId }) => skuId),
        events.map(({ topic }) => topic),
        events.map(({ type }) => type),
        payloads.map(({ quantity }) => quantity ?? 0),
      ],
    });
  },
});
