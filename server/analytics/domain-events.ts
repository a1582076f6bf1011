import { COUNTED_EVENTS } from '../../src/protocol/analytics.ts';
import type { Consumer, DomainEvent } from '../events/event.ts';

const MINUTE_MS = 60_000;

interface Count {
  minute: Date;
  skuId: string;
  topic: string;
  type: string;
  events: number;
  units: number;
}

/**
 * The consumer group that counts the events of sales and of tickets, and their units, in the same buckets as the tracks. Each is
 * counted once, because the counts are written in the transaction that marks it as handled.
 */
export const createDomainEventCounts = (): Consumer => ({
  group: 'analytics',
  topics: Object.keys(COUNTED_EVENTS),
  async handle(events, tx) {
    const counts = count(events);
    await tx.query({
      name: 'analytics.count',
      // Rows are written in the same order by all workers, so that two of them cannot deadlock.
      text: `INSERT INTO bucket_counts AS b (size, at, type, sku_id, records, events, units)
             SELECT s.size, date_trunc(s.size, c.minute, 'UTC'), c.type, c.sku_id,
               sum(c.events), sum(c.events), sum(c.units)
             FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
               AS c (minute, type, sku_id, events, units)
             CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) s (size)
             GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
             ON CONFLICT (size, at, type, sku_id) DO UPDATE
             SET records = b.records + excluded.records, events = b.events + excluded.events,
                 units = b.units + excluded.units`,
      values: [
        counts.map(({ minute }) => minute),
        counts.map(nameOf),
        counts.map(({ skuId }) => skuId),
        counts.map((each) => each.events),
        counts.map(({ units }) => units),
      ],
    });
  },
});

const NAMES: Record<string, Record<string, string>> = COUNTED_EVENTS;

/** The name under which events are counted. */
const nameOf = ({ topic, type }: Count): string => NAMES[topic]?.[type] ?? type;

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
