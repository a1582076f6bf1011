import { TOPICS } from '../../../protocol/events.ts';
import type { MovementKind } from '../../../protocol/ledger.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import type { MovementRow } from '../../reading/rows.ts';

/** The kinds of events of which a user is told, by topic. */
const TOLD: Record<string, readonly string[]> = {
  [TOPICS.reservations]: ['EXPIRED'],
  [TOPICS.orders]: ['ORDER_CREATED', 'ORDER_CANCELLED'],
  [TOPICS.tickets]: ['ticket.purchased', 'ticket.cancelled', 'ticket.checked-in'],
  [TOPICS.achievements]: ['ACHIEVEMENT_UNLOCKED'],
  [TOPICS.quests]: ['QUEST_COMPLETED', 'QUEST_REWARDED'],
};

/** True for kinds that are compared. A newer server may tell of more. */
export const isKnown = (kind: string): boolean =>
  Object.values(TOLD).some((kinds) => kinds.includes(kind));

/** True for kinds of which buyers of the SKU are told, and nobody else. */
export const isOfBuyers = (kind: string): boolean =>
  isTold(TOPICS.orders, kind) || isTold(TOPICS.tickets, kind);

/** True if a user is told of events of this kind. */
export const isTold = (topic: string, kind: string): boolean =>
  TOLD[topic]?.includes(kind) ?? false;

/** The kind of event of which a movement has its buyer told. */
const KIND_OF: Partial<Record<MovementKind, string>> = {
  EXPIRED: 'EXPIRED',
  SOLD: 'ORDER_CREATED',
  RETURNED: 'ORDER_CANCELLED',
  RELEASED: 'ORDER_CANCELLED',
};

/** True if a movement may have its buyer told this. Units that were only held are of no order, unless they have one. */
export function mayCause(
  { kind, reservationId }: MovementRow,
  told: string,
  ledger: LedgerIndex,
): boolean {
  if (KIND_OF[kind] !== told) return false;
  if (kind !== 'RELEASED' || !ledger.keeps('order')) return true;
  return ledger.ordersByReservation.has(reservationId);
}
