import { type TicketEvent, TOPICS } from '../../src/protocol/events.ts';
import type { GoalKind } from '../../src/protocol/goals.ts';
import type { DomainEvent } from '../events/event.ts';

/** Things that count for a user, by what an event told. */
export interface Gain {
  userId: string;
  counts: GoalKind;
  units: number;
}

const COUNTED: Record<string, Partial<Record<string, GoalKind>>> = {
  [TOPICS.orders]: { ORDER_CREATED: 'orders' },
  [TOPICS.tickets]: { 'ticket.purchased': 'tickets', 'ticket.checked-in': 'check-ins' },
  [TOPICS.quests]: { QUEST_COMPLETED: 'quests' },
  [TOPICS.achievements]: { ACHIEVEMENT_UNLOCKED: 'achievements' },
  [TOPICS.accounts]: { USER_REFERRED: 'referrals' },
};

/**
 * The gains of some events, one for each user and kind, in a fixed order: all workers write rows in it, so that two of them
 * cannot deadlock. Something that is cancelled later has counted all the same.
 */
export function gainsOf(events: readonly DomainEvent[]): Gain[] {
  const gains = new Map<string, Gain>();
  for (const { topic, type, payload } of events) {
    const counts = COUNTED[topic]?.[type];
    if (counts === undefined) continue;
    const { userId, quantity } = payload as TicketEvent;
    const units = counts === 'tickets' ? (quantity ?? 1) : 1;
    const name = `${userId} ${counts}`;
    const gain = gains.get(name);
    if (gain === undefined) gains.set(name, { userId, counts, units });
    else gain.units += units;
  }
  return [...gains.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, gain]) => gain);
}

/** The columns of gains, as parameters of a statement. */
export const gainColumns = (gains: readonly Gain[]): unknown[] => [
  gains.map(({ userId }) => userId),
  gains.map(({ counts }) => counts),
  gains.map(({ units }) => units),
];
