import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf, wrongIn } from '../../../test/judge/foreign-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { Evidence } from '../evidence.ts';
import { attribute } from './attribution.ts';
import { findHolds } from './holds.ts';

/** A hold lives 1,000 ms. */
const sale = saleOf({ total: 9 });
const held = said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try' });
const late = (facts: Partial<Call> = {}) =>
  said('confirm', 'ann', [1_100, 1_200], { hold: 'a', callId: 'pay', ...facts });
const lost = (facts: Partial<Call> = {}) =>
  unanswered('confirm', 'ann', 1_100, { hold: 'a', callId: 'pay', ...facts });

/** The ids of the holds that checkouts made. */
const madeIn = (evidence: Evidence) =>
  (findHolds(evidence).bySku.get(SKU) ?? [])
    .flatMap(({ id, reserve }) => (reserve.kind === 'confirm' ? id : []))
    .join();
const made = (...calls: Call[]) => madeIn(evidenceOf(sale, [held, ...calls]));

const first: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try' },
  { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
];
const second: Entry = { kind: 'RESERVED', hold: 'n', buyer: 'ann' };

describe('a late checkout', () => {
  it('has made the hold that it was told of, if the one that it names can have lapsed', () => {
    expect(made(late({ newHold: 'n' }))).toBe('n');
    const at = (answeredMs: number) =>
      said('confirm', 'ann', [900, answeredMs], { hold: 'a', newHold: 'n' });
    expect(made(at(1_000))).toBe('n');
    expect(made(at(999))).toBe('');
    // Nobody knows when a hold was made that no answer named.
    expect(made({ ...at(999), hold: 'x' })).toBe('n');
  });

  it('has not made a hold that somebody who asked for units was told of', () => {
    const bens = said('reserve', 'ben', [500, 510], { hold: 'n' });
    expect(made(bens, late({ newHold: 'n' }))).toBe('');
    const refusal = refused('reserve', 'ben', [500, 510], { hold: 'n', code: 'ALREADY_RESERVED' });
    expect(made(refusal, late({ newHold: 'n' }))).toBe('n');
    const paid = said('confirm', 'ben', [500, 510], { hold: 'n', order: 'p' });
    expect(made(paid, late({ newHold: 'n' }))).toBe('n');
  });

  describe('by the ledger', () => {
    const madeBy = (
      checkouts: Call[],
      entries: Entry[],
      edit: (ledger: LedgerSnapshot) => void = () => {},
    ) => {
      const ledger = booksOf(sale, [...first, ...entries]);
      edit(ledger);
      return madeIn(evidenceOf(sale, [held, ...checkouts], { ledger }));
    };

    it('has made a hold that is there, of its buyer, and of no other call', () => {
      const told = [late({ newHold: 'n' })];
      expect(madeBy(told, [])).toBe('');
      expect(madeBy(told, [second])).toBe('n');
      expect(madeBy(told, [{ ...second, buyer: 'ben' }])).toBe('');
      expect(madeBy(told, [{ ...second, callId: 'pay' }])).toBe('n');
      expect(madeBy(told, [{ ...second, callId: 'other' }])).toBe('');
      expect(madeBy([late({ newHold: 'n', buyer: undefined })], [second])).toBe('n');
      const nobodys = (ledger: LedgerSnapshot) => {
        Object.assign(ledger.reservations[1] as object, { userId: null });
      };
      expect(madeBy(told, [second], nobodys)).toBe('n');
    });

    it('has made the hold that its order is for', () => {
      const sold: Entry = { ...second, kind: 'SOLD', callId: 'pay' };
      expect(madeBy([late({ order: 'order-n' })], [second, sold])).toBe('n');
      expect(madeBy([late()], [second, sold])).toBe('n');
      expect(madeBy([late()], [second, { ...sold, callId: 'other' }])).toBe('');
      // A checkout that names no hold may have sold any.
      expect(madeBy([late({ hold: undefined, order: 'order-n' })], [second, sold])).toBe('');
      const unpaid = (ledger: LedgerSnapshot) => {
        Object.assign(ledger.orders[0] as object, { status: 'FAILED' });
      };
      expect(madeBy([late({ order: 'order-n' })], [second, sold], unpaid)).toBe('');
    });

    it('has made none if it was told of the order of the hold that it names', () => {
      const entries: Entry[] = [
        { kind: 'SOLD', hold: 'a', buyer: 'ann' },
        second,
        { ...second, kind: 'SOLD', callId: 'pay' },
      ];
      expect(madeBy([late({ order: 'order-a' })], entries)).toBe('');
      const unknown = late({ hold: 'n', order: 'order-n' });
      const books = booksOf(sale, entries.slice(1));
      expect(madeIn(evidenceOf(sale, [unknown], { ledger: books }))).toBe('');
    });

    it('has made a hold that it did not sell, if that names its call', () => {
      const own: Entry = { ...second, callId: 'pay' };
      const declined = refused('confirm', 'ann', [1_100, 1_200], { hold: 'a', callId: 'pay' });
      expect(madeBy([declined], [own])).toBe('n');
      expect(madeBy([lost()], [own])).toBe('n');
      expect(madeBy([late()], [own])).toBe('');
      expect(madeBy([declined], [second])).toBe('');
      expect(madeBy([{ ...declined, callId: 'try' }], [])).toBe('');
      const alone = [{ ...second, callId: 'pay' }];
      const namingIt = [{ ...declined, hold: 'n' }];
      expect(madeIn(evidenceOf(sale, namingIt, { ledger: booksOf(sale, alone) }))).toBe('');
    });

    it('without an answer has made a row like the lapsed one that nobody else has', () => {
      const unnamed = [{ ...second }];
      expect(madeBy([lost()], unnamed)).toBe('n');
      expect(madeBy([late()], unnamed)).toBe('');
      expect(madeBy([lost()], [{ ...second, callId: 'other' }])).toBe('');
      expect(madeBy([lost()], [{ ...second, buyer: 'ben' }])).toBe('');
      expect(madeBy([lost()], [{ ...second, quantity: 2 }])).toBe('');
      expect(madeBy([lost({ hold: 'x' })], unnamed)).toBe('');
      const told = said('reserve', 'ann', [500, 510], { hold: 'n' });
      expect(madeBy([told, lost()], unnamed)).toBe('');
      const later = said('reserve', 'ann', [1_300, 1_310], { hold: 'm' });
      expect(madeBy([lost(), later], [{ ...second, hold: 'm' }, second])).toBe('n');
      expect(madeBy([lost()], [{ ...second, hold: 'm', callId: 'other' }, second])).toBe('n');
      const sold: Entry = { ...second, kind: 'SOLD', callId: 'again' };
      const again = lost({ callId: 'again' });
      expect(madeBy([lost(), again], [second, sold])).toBe('n');
      const neverTold = [{ ...second, hold: 'a' }, second];
      expect(madeIn(evidenceOf(sale, [lost()], { ledger: booksOf(sale, neverTold) }))).toBe('n');
      expect(madeBy([lost(), lost({ callId: 'again' })], unnamed)).toBe('n');
      expect(madeBy([lost(), lost({ callId: 'again' })], [second, { ...second, hold: 'm' }])).toBe(
        'n,m',
      );
    });
  });
});

describe('a row that a hold was given because they are alike', () => {
  const anns = { userId: 'ann', quantity: 1 };
  const reservations = [
    reservation({ reservationId: 'r1', status: 'EXPIRED', ...anns }),
    reservation({ reservationId: 'r2', status: 'CONFIRMED', ...anns }),
  ];
  const held = said('reserve', 'ann', [10, 20], { hold: 'h2' });

  it('does not tell that the order of its checkout is for another hold', () => {
    const left = refused('buy', 'ann', [0, 5], { code: 'too busy' });
    const orders = [order({ orderId: '7', reservationId: 'r2', ...anns })];
    for (const told of ['7', undefined]) {
      const paid = said('confirm', 'ann', [30, 40], { hold: 'h2', order: told });
      const shop = shopOf({ total: 5, holdTtlMs: 1_000 }, [left, held, paid], {
        reservations,
        orders,
      });
      expect(wrongIn(shop)).toEqual({});
    }
  });

  it('is that of the second hold which a checkout names, however early that was', () => {
    const named = said('confirm', 'ann', [30, 40], { hold: 'h2', newHold: 'h3' });
    const shop = shopOf({ total: 5, holdTtlMs: 1_000 }, [held, named], {
      reservations,
      orders: [],
    });
    const holds = findHolds(attribute(shop)).bySku.get(SKU) ?? [];
    expect(holds.map(({ id }) => id)).toEqual(['h2', 'h3']);
  });

  it('does not tell that it has lapsed, so that a checkout without an answer took another', () => {
    const skus = [{ skuId: SKU, total: 5, wasOnSale: true }];
    const lost = unanswered('confirm', 'ann', 30, { hold: 'h2' });
    const shop = shopOf({ skus, nobodyElseBuys: true }, [held, lost], { reservations, orders: [] });
    const holds = findHolds(attribute(shop)).bySku.get(SKU) ?? [];
    expect(holds.map(({ id, confirmed }) => `${id} ${confirmed}`)).toEqual(['h2 maybe']);
  });
});
