import { expect, it } from 'vitest';
import { evidenceOf, SKU } from '../../../../test/judge/story.ts';
import { ticketBooks, ticketSale } from '../../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import { indexLedger, type LedgerIndex } from '../../reading/ledger-index.ts';
import { toldOfForeignTickets } from './tickets.ts';

/** The sentences about users who were told, once for each name, of an event; Ann has two tickets of one order, one let in. */
function wrongIn(
  kind: string,
  users: string[],
  tamper: (ledger: LedgerSnapshot) => void = () => {},
) {
  const ledger = ticketBooks();
  tamper(ledger);
  const skus = [...ticketSale.skus, { skuId: 'OTHER', total: 3 }];
  const { index } = indexLedger(evidenceOf({ ...ticketSale, skus }, [], { ledger }));
  const told = users.map((userId) => ({ row: 'notification', skuId: SKU, kind, userId }));
  return toldOfForeignTickets(new Map([[SKU, told]]) as never, index as LedgerIndex);
}

const eachTicket =
  (facts: object) =>
  ({ tickets }: LedgerSnapshot) => {
    for (const ticket of tickets) Object.assign(ticket, facts);
  };

it('allows a user one message for each order and ticket of theirs to which it happened', () => {
  expect(wrongIn('ticket.purchased', ['ann', 'bob'])).toEqual([]);
  expect(wrongIn('ticket.purchased', ['ann', 'ann'])).toEqual([
    'ann was told ticket.purchased 2 times, and has 1 such ticket or order',
  ]);
  expect(wrongIn('ticket.checked-in', ['ann'])).toEqual([]);
  expect(wrongIn('ticket.checked-in', ['ann', 'ann'])).toHaveLength(1);
  expect(wrongIn('ticket.checked-in', ['bob'])).toHaveLength(1);
  expect(wrongIn('ticket.cancelled', ['ann'])).toHaveLength(1);
  const cancel = ({ orders }: LedgerSnapshot) =>
    Object.assign(orders[0] as object, { status: 'CANCELLED' });
  expect(wrongIn('ticket.cancelled', ['ann'], cancel)).toEqual([]);
});

it('counts no tickets of another SKU', () => {
  expect(wrongIn('ticket.purchased', ['ann'], eachTicket({ skuId: 'OTHER' }))).toHaveLength(1);
});

it('says nothing of other messages, or where tickets do not tell their users or orders', () => {
  expect(wrongIn('ORDER_CONFIRMED', ['eve'])).toEqual([]);
  expect(wrongIn('ticket.purchased', ['ann', 'ann'], eachTicket({ userId: null }))).toEqual([]);
  expect(wrongIn('ticket.purchased', ['ann', 'ann'], eachTicket({ orderId: null }))).toEqual([]);
});
