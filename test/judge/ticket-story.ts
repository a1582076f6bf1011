import type { Evidence } from '../../src/checkers/evidence.ts';
import type { LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import { booksOf, type Call, evidenceOf, refused, SKU, said, saleOf } from './story.ts';

export const ticketSale = saleOf({
  total: 3,
  unitsPerBuyerMax: 2,
  skus: [{ skuId: SKU, total: 3, soldBy: 'tickets' }],
});

/** Ann buys two tickets, and Bob one. Ann shows a ticket at two gates at once: one lets it in. */
export const TICKETS: Call[] = [
  said('buy', 'ann', [0, 10], { callId: 'buy-a', quantity: 2, order: 'order-a', hold: 'a' }),
  said('buy', 'bob', [1, 11], { callId: 'buy-b', order: 'order-b', hold: 'b' }),
  said('check-in', 'gate', [20, 30], { sku: undefined, callId: 'scan-1', ticket: 'TICKET-1' }),
  refused('check-in', 'gate', [21, 31], {
    ...{ sku: undefined, callId: 'scan-2', ticket: 'TICKET-1', code: 'TICKET_CHECKED_IN' },
  }),
];

export const ticketOf = (
  number: number,
  userId: string,
  orderId: string,
): LedgerSnapshot['tickets'][number] => ({
  ...{ row: 'ticket', ticketId: `ticket-${number}`, skuId: SKU, userId, orderId },
  issuedAt: 'noon',
  ...{ checkedInAt: null, checkedInBy: null, gate: null, checkedInByCallId: null },
});

/** The books of a ledger that made no mistake. */
export const ticketBooks = (): LedgerSnapshot => {
  const ledger = booksOf(ticketSale, [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity: 2, callId: 'buy-a', atMs: 5 },
    { kind: 'SOLD', hold: 'a', buyer: 'ann', quantity: 2, callId: 'buy-a', atMs: 5 },
    { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'buy-b', atMs: 6 },
    { kind: 'SOLD', hold: 'b', buyer: 'bob', callId: 'buy-b', atMs: 6 },
  ]);
  ledger.tickets = [
    ticketOf(1, 'ann', 'order-a'),
    ticketOf(2, 'ann', 'order-a'),
    ticketOf(3, 'bob', 'order-b'),
  ];
  Object.assign(ledger.tickets[0] as object, {
    ...{ checkedInAt: 'noon', checkedInBy: 'gate', gate: 'north', checkedInByCallId: 'scan-1' },
  });
  return ledger;
};

/** The evidence of the story, with its books changed by hand. */
export const withTickets = (
  tamper: (ledger: LedgerSnapshot) => void = () => {},
  calls = TICKETS,
): Evidence => {
  const ledger = ticketBooks();
  tamper(ledger);
  return evidenceOf(ticketSale, calls, { ledger });
};
