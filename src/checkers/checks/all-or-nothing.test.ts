import { describe, expect, it } from 'vitest';
import {
  booksOf,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { LedgerLine } from '../../protocol/ledger.ts';
import { allOrNothing } from './all-or-nothing.ts';

const { check } = allOrNothing;
const sale = saleOf({
  total: 5,
  skus: [
    { skuId: SKU, total: 5 },
    { skuId: 'SKU-2', total: 5 },
  ],
});

/** A line of basket `both` in the ledger. */
const lineOf = (skuId: string, hold: string): LedgerLine => ({
  ...{ row: 'line', basketId: 'both', skuId, userId: 'ann' },
  ...{ reservationId: hold, orderId: `order-${hold}` },
});

/** The books of one basket of two lines, both of which went the same way. */
function books(tamper: (ledger: LedgerSnapshot) => void = () => {}): LedgerSnapshot {
  const ledger = booksOf(sale, [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'buy.1' },
    { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'buy.1' },
    { kind: 'RESERVED', hold: 'b', buyer: 'ann', callId: 'buy.2' },
    { kind: 'SOLD', hold: 'b', buyer: 'ann', callId: 'buy.2' },
  ]);
  Object.assign(ledger.reservations[1] as object, { skuId: 'SKU-2' });
  Object.assign(ledger.orders[1] as object, { skuId: 'SKU-2' });
  ledger.lines = [lineOf(SKU, 'a'), lineOf('SKU-2', 'b')];
  tamper(ledger);
  return ledger;
}

/** The books of these SKUs, read one after the other. */
const readIn = (...skus: string[]) =>
  skus.map((skuId, place) => ({ skuId, fromNs: 100 + place, toNs: 101 + place }));

const BOTH = [
  said('buy', 'ann', [0, 10], { basket: 'call', callId: 'buy.1', hold: 'a' }),
  said('buy', 'ann', [0, 10], { basket: 'call', callId: 'buy.2', hold: 'b', sku: 'SKU-2' }),
];
const NO_ANSWER = [
  unanswered('buy', 'ann', 0, { basket: 'call', callId: 'buy.1' }),
  unanswered('buy', 'ann', 0, { basket: 'call', callId: 'buy.2', sku: 'SKU-2' }),
];

/** Takes everything of the second line out of the books. */
function halve(ledger: LedgerSnapshot): void {
  for (const rows of [ledger.reservations, ledger.orders, ledger.lines]) rows.splice(1, 1);
}

describe('all-or-nothing', () => {
  it('is skipped where nothing is bought in baskets', () => {
    const ledger = { ...books(), lines: [] };
    expect(check(evidenceOf(sale, [said('buy', 'ann', [0, 10])], { ledger })).status).toBe(
      'skipped',
    );
  });

  it('is valid when both lines were bought', () => {
    expect(check(evidenceOf(sale, BOTH, { ledger: books() }))).toEqual({
      status: 'valid',
      summary: '1 call for baskets and 1 basket in the ledger are whole',
    });
  });

  it('is valid when a basket without an answer was bought, or was not', () => {
    const nothing = { ...booksOf(sale, []), lines: [] };
    for (const ledger of [books(), nothing]) {
      expect(check(evidenceOf(sale, NO_ANSWER, { ledger })).status).toBe('valid');
    }
  });

  it('finds a call that was answered yes for one line and no for the other', () => {
    const half = [BOTH[0]!, refused('buy', 'ann', [0, 10], { basket: 'call', sku: 'SKU-2' })];
    const { status, summary, witness } = check(evidenceOf(sale, half));
    expect([status, summary]).toEqual([
      'invalid',
      'one buy of a basket of buyer ann was answered yes for SKU-1 and no for SKU-2',
    ]);
    expect(witness?.operations).toHaveLength(2);
  });

  it('says nothing of a line that is missing where its SKU was read before the other', () => {
    const evidence = { ledger: books(halve), books: readIn('SKU-2', SKU) };
    expect(check(evidenceOf(sale, NO_ANSWER, evidence)).status).toBe('valid');
  });

  it('finds a line that is missing though its call was answered yes, whenever its SKU was read', () => {
    const evidence = { ledger: books(halve), books: readIn('SKU-2', SKU) };
    expect(check(evidenceOf(sale, BOTH, evidence)).status).toBe('invalid');
  });

  it('finds one line in the ledger and not the other, though nobody was told', () => {
    const evidence = { ledger: books(halve), books: readIn(SKU, 'SKU-2') };
    const { status, summary } = check(evidenceOf(sale, NO_ANSWER, evidence));
    expect([status, summary]).toEqual([
      'invalid',
      'the ledger has the lines of one buy of a basket of buyer ann for SKU-1, and not for SKU-2',
    ]);
  });

  it('asks nothing of a line whose SKU is not on sale, because the ledger of the sale does not have it', () => {
    const { skus, ...rest } = sale;
    const small = { ...rest, skus: skus.slice(0, 1) };
    expect(check(evidenceOf(small, BOTH, { ledger: books(halve) })).status).toBe('valid');
  });

  /** The books of which the first SKU was read before the second one, with lines in these states. */
  const endedAs = (first: object, second: object) => ({
    ledger: books(({ reservations }) => {
      Object.assign(reservations[0] as object, first);
      Object.assign(reservations[1] as object, second);
    }),
    books: readIn(SKU, 'SKU-2'),
  });

  it.each([
    ['EXPIRED', 'CONFIRMED', 'given back', 'sold'],
    ['CONFIRMED', 'RESERVED', 'sold', 'held'],
    ['CANCELLED', 'RESERVED', 'given back', 'held'],
  ] as const)('finds lines that are %s and %s', (one, two, first, second) => {
    const { status, summary } = check(
      evidenceOf(sale, [], endedAs({ status: one }, { status: two })),
    );
    expect([status, summary]).toEqual([
      'invalid',
      `basket both has SKU-1 ${first} and SKU-2 ${second}`,
    ]);
  });

  it('says nothing of a line that was held when it was read, before another one that was sold: the basket may have been bought between', () => {
    const evidence = endedAs({ status: 'RESERVED' }, { status: 'CONFIRMED' });
    expect(check(evidenceOf(sale, [], evidence)).status).toBe('valid');
    expect(check(evidenceOf(sale, [], { ledger: evidence.ledger })).status).toBe('valid');
  });

  it('takes a hold that has lapsed for one that has ended, swept or not', () => {
    const ledger = books(({ reservations }) => {
      Object.assign(reservations[0] as object, { status: 'RESERVED', lapsed: true });
      Object.assign(reservations[1] as object, { status: 'EXPIRED' });
    });
    expect(check(evidenceOf(sale, [], { ledger })).status).toBe('valid');
  });

  it('reads the ends of lines from their orders where the shop has no holds', () => {
    const withOrders = (status: 'CONFIRMED' | 'FULFILLED' | 'CANCELLED') =>
      books((ledger) => {
        ledger.reservations = [];
        Object.assign(ledger.orders[1] as object, { status });
      });
    const statusOf = (ledger: LedgerSnapshot) => check(evidenceOf(sale, [], { ledger })).status;
    expect(statusOf(withOrders('FULFILLED'))).toBe('valid');
    expect(statusOf(withOrders('CANCELLED'))).toBe('invalid');
  });
});
