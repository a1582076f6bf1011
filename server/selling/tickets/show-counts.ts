import { type TicketEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer, DomainEvent } from '../../events/event.ts';

/** Counts the tickets of each show that are sold and checked in, for everybody who looks. Nothing is decided by it. */
export const createShowCounts = (): Consumer => ({
  group: 'show-counts',
  topics: [TOPICS.tickets],
  async handle(events, tx) {
    const counts = count(events);
    await tx.query({
      name: 'tickets.count',
      // Rows are written in the same order by all workers, so that two of them cannot deadlock.
      text: `INSERT INTO show_counts (show_id, sold, checked_in)
             SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[]) ORDER BY 1
             ON CONFLICT (show_id) DO UPDATE
             SET sold = show_counts.sold + excluded.sold,
                 checked_in = show_counts.checked_in + excluded.checked_in`,
      values: [
        [...counts.keys()],
        [...counts.values()].map(({ sold }) => sold),
        [...counts.values()].map(({ checkedIn }) => checkedIn),
      ],
    });
  },
});

function count(events: DomainEvent[]): Map<string, { sold: number; checkedIn: number }> {
  const counts = new Map<string, { sold: number; checkedIn: number }>();
  for (const { type, payload } of events) {
    const { showId, quantity = 0 } = payload as TicketEvent;
    const counted = counts.get(showId) ?? { sold: 0, checkedIn: 0 };
    counts.set(showId, counted);
    if (type === 'ticket.purchased') counted.sold += quantity;
    if (type === 'ticket.cancelled') counted.sold -= quantity;
    if (type === 'ticket.checked-in') counted.checkedIn += 1;
  }
  return counts;
}
