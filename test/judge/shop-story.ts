import type { Evidence } from '../../src/checkers/evidence.ts';
import type { LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import { booksOf, type Call, type Entry, evidenceOf, said, saleOf } from './story.ts';

export const shopSale = saleOf({ total: 3 });

/** Ann buys, Bob cancels, Cid's hold lapses. */
export const SHOP_CALLS: Call[] = [
  said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a', sequence: 1 }),
  said('reserve', 'bob', [1, 11], { hold: 'b', callId: 'try-b', sequence: 2 }),
  said('reserve', 'cid', [2, 12], { hold: 'c', callId: 'try-c', sequence: 3 }),
  said('confirm', 'ann', [20, 30], { hold: 'a', callId: 'pay-a', sequence: 4 }),
  said('release', 'bob', [21, 31], { hold: 'b', sequence: 5 }),
];

export const SHOP_ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
  { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 6 },
  { kind: 'RESERVED', hold: 'c', buyer: 'cid', callId: 'try-c', atMs: 7 },
  { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 25 },
  { kind: 'RELEASED', hold: 'b', buyer: 'bob', atMs: 26 },
  { kind: 'EXPIRED', hold: 'c', buyer: 'cid', atMs: 1_020 },
];

/** The books of a ledger that made no mistake. */
export const shopBooks = (): LedgerSnapshot => booksOf(shopSale, SHOP_ENTRIES);

/** The evidence of the story, with its books changed by hand. */
export const inShop = (
  tamper: (ledger: LedgerSnapshot) => void = () => {},
  calls = SHOP_CALLS,
): Evidence => {
  const ledger = shopBooks();
  tamper(ledger);
  return evidenceOf(shopSale, calls, { ledger });
};

export const reservationIn = (
  ledger: LedgerSnapshot,
  id: string,
): LedgerSnapshot['reservations'][number] => {
  const row = ledger.reservations.find(({ reservationId }) => reservationId === id);
  if (row === undefined) throw new Error(`no reservation ${id} in this story`);
  return row;
};
