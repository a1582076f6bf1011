import { count, shortId } from '../../../kernel/wording.ts';
import type { LedgerNotification } from '../../../protocol/ledger.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';

/**
 * Finds users who were told of more events of tickets than they have such tickets, a sentence each. A notification names no ticket, so
 * only their numbers can be compared.
 *
 * @param told what users were told of the SKU
 */
export function toldOfForeignTickets(
  skuId: string,
  told: readonly LedgerNotification[],
  ledger: LedgerIndex,
): string[] {
  if (!ledger.knows('ticket', 'userId') || !ledger.knows('ticket', 'orderId')) return [];
  if (!ledger.keeps('ticket') || !ledger.keeps('order')) return [];
  const ofTickets = told.filter(({ kind }) => kind in HAPPENED);
  if (ofTickets.length === 0) return [];
  const happened = countTickets(skuId, ledger);
  const times = new Map<string, number>();
  for (const { kind, userId } of ofTickets) {
    const name = `${kind} ${userId}`;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
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

type Ticket = LedgerIndex['tickets'][number];

/** The thing that each kind of event is about, of a ticket of which it happened: its order, or the ticket itself. */
const HAPPENED: Record<string, (ticket: Ticket, ledger: LedgerIndex) => string | null> = {
  'ticket.purchased': ({ orderId }) => orderId,
  'ticket.cancelled': ({ orderId }, { orderById }) =>
    orderById.get(orderId ?? '')?.status === 'CANCELLED' ? orderId : null,
  'ticket.checked-in': ({ checkedInAt, ticketId }) => checkedInAt && ticketId,
};

/** The things of which events happened, by kind and user. */
function countTickets(skuId: string, ledger: LedgerIndex): Map<string, Set<string>> {
  const happened = new Map<string, Set<string>>();
  for (const ticket of ledger.tickets) {
    if (ticket.skuId !== skuId) continue;
    for (const [kind, thingOf] of Object.entries(HAPPENED)) {
      const thing = thingOf(ticket, ledger);
      const name = `${kind} ${ticket.userId}`;
      if (thing !== null) happened.set(name, (happened.get(name) ?? new Set()).add(thing));
    }
  }
  return happened;
}
