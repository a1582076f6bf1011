import { count, shortId } from '../../../kernel/wording.ts';
import type { LedgerNotification } from '../../../protocol/ledger.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';

/**
 * Finds users who were told of more events of tickets than they have such tickets, a sentence each. A notification names no ticket, so
 * only their numbers can be compared.
 *
 * @param told what users were told, by SKU
 */
export function toldOfForeignTickets(
  told: ReadonlyMap<string, readonly LedgerNotification[]>,
  ledger: LedgerIndex,
): string[] {
  if (!ledger.knows('ticket', 'userId') || !ledger.knows('ticket', 'orderId')) return [];
  if (!ledger.keeps('ticket') || !ledger.keeps('order')) return [];
  const times = new Map<string, number>();
  for (const [skuId, ofSku] of told) {
    for (const { kind, userId } of ofSku) {
      if (!(kind in HAPPENED)) continue;
      const name = nameOf(kind, userId, skuId);
      times.set(name, (times.get(name) ?? 0) + 1);
    }
  }
  if (times.size === 0) return [];
  const happened = countTickets(ledger);
  return [...times].flatMap(([name, often]) => {
    const [kind, userId] = name.split(' ');
    const most = happened.get(name)?.size ?? 0;
    return often > most
      ? [
          `${shortId(userId)} was told ${kind} ${count(often, 'time')}, and has ${count(most, 'such ticket or order', 'such tickets or orders')}`,
        ]
      : [];
  });
}

const nameOf = (kind: string, userId: string | null, skuId: string): string =>
  `${kind} ${userId} ${skuId}`;

type Ticket = LedgerIndex['tickets'][number];

/** The thing that each kind of event is about, of a ticket of which it happened: its order, or the ticket itself. */
const HAPPENED: Record<string, (ticket: Ticket, ledger: LedgerIndex) => string | null> = {
  'ticket.purchased': ({ orderId }) => orderId,
  'ticket.cancelled': ({ orderId }, { orderById }) =>
    orderById.get(orderId ?? '')?.status === 'CANCELLED' ? orderId : null,
  'ticket.checked-in': ({ checkedInAt, ticketId }) => checkedInAt && ticketId,
};

/** The things of which events happened, by kind, user and SKU. */
function countTickets(ledger: LedgerIndex): Map<string, Set<string>> {
  const happened = new Map<string, Set<string>>();
  for (const ticket of ledger.tickets) {
    for (const [kind, thingOf] of Object.entries(HAPPENED)) {
      const thing = thingOf(ticket, ledger);
      const name = nameOf(kind, ticket.userId, ticket.skuId);
      if (thing !== null) happened.set(name, (happened.get(name) ?? new Set()).add(thing));
    }
  }
  return happened;
}
