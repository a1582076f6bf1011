import { TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer, DomainEvent } from '../event.ts';

const MINUTE_MS = 60_000;

interface Count {
  minute: Date;
  skuId: string;
  topic: string;
  type: string;
  events: number;
  units: number;
}

/** Counts events and units of all stock topics and of tickets per minute, SKU and type, for charts of a sale. */
export const createAnalytics = (): Consumer => ({
  group: 'analytics',
  topics: [TOPICS.reservations, TOPICS.inventory, TOPICS.orders, TOPICS.tickets],
  async handle(events, tx) {
    const counts = count(events);
    await tx.query({
      name: 'analytics.count',
      // Rows are written in the same order by all workers, so that two of them cannot deadlock.
      text: `INSERT INTO event_counts (minute, sku_id, topic, type, events, units)
             SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[])
             ORDER BY 1, 2, 3, 4
             ON CONFLICT (minute, sku_id, topic, type) DO UPDATE
             SET events = event_counts.events + excluded.events, units = event_counts.units + excluded.units`,
      values: [
        counts.map(({ minute }) => minute),
        counts.map(({ skuId }) => skuId),
        counts.map(({ topic }) => topic),
        counts.map(({ type }) => type),
        counts.map((each) => each.events),
        counts.map(({ units }) => units),
      ],
    });
  },
});

/** One count for each minute, SKU, topic and type. There are few, because events of one kind come in crowds. */
function count(events: DomainEvent[]): Count[] {
  const counts = new Map<string, Count>();
  /** The counts of the same minute and SKU as the event before, which is nearly always that of the next one. */
  let recent: Count[] = [];
  for (const { topic, type, payload, occurredAt } of events) {
    const { skuId, quantity = 0 } = payload as { skuId: string; quantity?: number };
    const minuteMs = Math.floor(occurredAt.getTime() / MINUTE_MS) * MINUTE_MS;
    const [first] = recent;
    if (first?.skuId !== skuId || first.minute.getTime() !== minuteMs) recent = [];
    let counted = recent.find((each) => each.type === type && each.topic === topic);
    if (counted === undefined) {
      const name = `${minuteMs} ${skuId} ${topic} ${type}`;
      const minute = new Date(minuteMs);
      counted = counts.get(name) ?? { minute, skuId, topic, type, events: 0, units: 0 };
      counts.set(name, counted);
      recent.push(counted);
    }
    counted.events += 1;
    counted.units += quantity;
  }
  return [...counts.values()];
}
