import { describe, expect, it } from 'vitest';
import { notValidIn, order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import {
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerReservation } from '../../protocol/ledger.ts';
import { tellNamesakesApart } from './namesakes.ts';
import { withSalesOfReserved } from './told-again.ts';
import { findWishes } from './wishes.ts';

const held = (buyer: string, [fromMs, toMs]: [number, number], facts: Partial<Call> = {}): Call =>
  said('reserve', buyer, [fromMs, toMs], { hold: 'h1', ...facts });
const bought = (kind: 'confirm' | 'buy', times: [number, number], facts: Partial<Call> = {}) =>
  said(kind, 'ann', times, { order: 'o1', ...facts });

/** The checks that do not find it valid, in a shop with one unit whose holds live 1,000 ms. */
const wrong = (calls: Call[], rows: Parameters<typeof shopOf>[2] = {}, facts = {}): string[] =>
  Object.keys(notValidIn(shopOf({ total: 1, holdTtlMs: 1_000, ...facts }, calls, rows)));

describe('a described shop may answer a second call with what its buyer has already', () => {
  it('a hold, as long as that cannot have lapsed, and nobody else’s', () => {
    const first = held('ann', [0, 10], { callId: 'c1' });
    const again = held('ann', [20, 30], { callId: 'c2' });
    expect(wrong([first, again])).toEqual([]);
    const row = { reservationId: 'h1', userId: 'ann', quantity: 1, callId: 'c1' };
    expect(wrong([first, again], { reservations: [reservation(row)] })).toEqual([]);
    expect(wrong([first, held('ann', [20, 30], { hold: 'h2' })])).toContain('never-oversold');
    expect(wrong([first, held('bob', [20, 30])])).toContain('never-oversold');
    expect(wrong([first, again], {}, { shop: undefined })).toContain('never-oversold');
    const nameless = [first, again].map((call) => ({ ...call, buyer: undefined }));
    expect(wrong(nameless)).toContain('never-oversold');
  });

  it('an order, of a purchase in one call and of a checkout', () => {
    expect(wrong([bought('buy', [0, 10]), bought('buy', [20, 30])])).toEqual([]);
    expect(wrong([bought('buy', [0, 10]), bought('buy', [20, 30], { order: 'o2' })])).toContain(
      'never-oversold',
    );
    const checkout = (times: [number, number], order?: string) =>
      bought('confirm', times, { hold: 'h1', order });
    const calls = (order?: string) => [
      held('ann', [0, 10]),
      checkout([20, 30], 'o1'),
      checkout([40, 50], order),
    ];
    const orders = [order({ orderId: 'o1', reservationId: 'h1', userId: 'ann', quantity: 1 })];
    expect(wrong(calls('o1'), { orders })).toEqual([]);
    expect(wrong(calls('o2'))).toEqual(['legal-transitions']);
    expect(wrong(calls())).toEqual(['legal-transitions']);
  });

  it('an order of a registration, with a quantity and a kind of its own', () => {
    const registered = (times: [number, number], facts: Partial<Call> = {}) =>
      said('register', 'ann', times, { order: 'o1', ...facts });
    expect(wrong([registered([0, 10]), registered([20, 30])])).toEqual([]);
    expect(wrong([registered([0, 10]), bought('buy', [20, 30])])).toContain('never-oversold');
    expect(wrong([registered([0, 10]), registered([20, 30], { quantity: 2 })])).toContain(
      'never-oversold',
    );
    const late = registered([5_000, 5_010]);
    expect(wrong([registered([0, 10]), late])).toEqual([]);
    expect(wrong([registered([0, 10], { order: undefined }), late])).toContain('never-oversold');
  });

  it('but an answer without an order is none of an order', () => {
    const nameless = [bought('buy', [0, 10]), bought('buy', [20, 30])].map((call) => ({
      ...call,
      ...{ order: undefined, hold: 'h1' },
    }));
    expect(wrong(nameless)).toContain('never-oversold');
  });

  it('and sells it anew once its order was cancelled', () => {
    const cancel = said('cancel', 'ann', [12, 15], { order: 'o1' });
    const bobs = said('buy', 'bob', [40, 50], { order: 'o2' });
    const calls = [bought('buy', [0, 10]), cancel, bought('buy', [20, 30]), bobs];
    expect(wrong(calls)).toEqual(['never-oversold']);
    expect(wrong([bought('buy', [0, 10]), cancel, bobs])).toEqual([]);
  });

  it('and gives another one under the same name once the first is given back', () => {
    const back = said('release', 'ann', [12, 15], { hold: 'h1' });
    const bobs = said('reserve', 'bob', [40, 50], { hold: 'h2' });
    expect(wrong([held('ann', [0, 10]), back, bobs])).toEqual([]);
    expect(wrong([held('ann', [0, 10]), back, held('ann', [20, 30]), bobs])).toEqual([
      'never-oversold',
    ]);
    const lost = unanswered('release', 'ann', 12, { hold: 'h1' });
    expect(wrong([held('ann', [0, 10]), lost, held('ann', [20, 30]), bobs])).toContain(
      'never-oversold',
    );
    const no = refused('release', 'ann', [12, 15], { hold: 'h1', code: 'NO' });
    expect(wrong([held('ann', [0, 10]), no, held('ann', [20, 30])])).toEqual([]);
  });

  it('a hold that it may have lapsed before is another one', () => {
    const bobs = said('reserve', 'bob', [1_200, 1_210], { hold: 'h2' });
    const again = (toMs: number) => wrong([held('ann', [0, 10]), held('ann', [900, toMs]), bobs]);
    expect(again(999)).toEqual([]);
    expect(again(1_000)).toEqual(['never-oversold']);
  });
});

describe('a described shop may answer a call for a hold with what it has sold to its buyer', () => {
  const anns = { userId: 'ann', quantity: 1 };
  /** The books of a shop that has sold one unit: no rows, rows of holds, of orders, of both, and of both by other names. */
  const books = (hold: string, ended: LedgerReservation[] = []): Parameters<typeof shopOf>[2][] => {
    const holds = (reservationId: string) => [
      ...ended,
      reservation({ reservationId, status: 'CONFIRMED', ...anns }),
    ];
    const orders = (orderId: string, reservationId: string) => [
      order({ orderId, reservationId, ...anns }),
    ];
    return [
      {},
      { reservations: holds(hold) },
      { orders: orders('o1', hold) },
      { reservations: holds(hold), orders: orders('o1', hold) },
      { reservations: holds('r9'), orders: orders('9', 'r9') },
    ];
  };

  it.each(['buy', 'register'] as const)('by %s', (kind) => {
    const sale = said(kind, 'ann', [10, 20], { hold: 'h1', order: 'o1' });
    const again = held('ann', [22, 30]);
    for (const rows of books('h1')) {
      expect(wrong([sale, again], rows)).toEqual([]);
      expect(wrong([sale, held('ann', [15, 30])], rows)).toEqual([]);
      expect(wrong([held('ann', [0, 5]), sale, again], rows)).toEqual([]);
      expect(wrong([held('ann', [5, 20]), sale], rows)).toEqual([]);
      expect(wrong([sale, again, held('ann', [2_000, 2_010])], rows)).toEqual([]);
      expect(wrong([sale, again, { ...bought('confirm', [40, 50]), hold: 'h1' }], rows)).toEqual(
        [],
      );
    }
    const other = bought('confirm', [40, 50], { hold: 'h1', order: 'o2' });
    expect(wrong([sale, again, other])).toEqual(['legal-transitions']);
    const nameless = bought('confirm', [40, 50], { hold: 'h1', order: undefined });
    expect(wrong([sale, again, nameless])).toEqual(['legal-transitions']);
    for (const unlike of [{ quantity: 2 }, { hold: 'h2' }, { buyer: 'bob' }]) {
      expect(wrong([sale, { ...again, ...unlike }])).toContain('never-oversold');
    }
    const skus = [SKU, 'CUP'].map((skuId) => ({ skuId, total: 1 }));
    const cups = [{ ...again, sku: 'CUP' }, said('buy', 'bob', [60, 70], { sku: 'CUP' })];
    expect(wrong([sale, ...cups], {}, { skus })).toEqual(['never-oversold']);
    const nothing = [sale, again].map((call) => ({ ...call, hold: undefined }));
    expect(wrong(nothing)).toContain('never-oversold');
    const cancel = said('cancel', 'ann', [32, 35], { order: 'o1' });
    const bobs = said('buy', 'bob', [60, 70], { order: 'o2' });
    expect(wrong([sale, cancel, bobs])).toEqual([]);
    expect(wrong([sale, cancel, held('ann', [40, 50]), bobs])).toEqual(['never-oversold']);
  });

  it('and not with what it refused to sell', () => {
    const no = refused('buy', 'ann', [20, 25], { hold: 'h1', code: 'declined' });
    const reservations = [reservation({ reservationId: 'h1', ...anns })];
    const rows = { reservations, orders: [] };
    expect(wrong([held('ann', [0, 10]), no, held('ann', [30, 35])], rows)).toEqual([]);
  });

  it('by a late checkout, which has taken another hold', () => {
    const first = held('ann', [0, 10]);
    const late = bought('confirm', [1_500, 1_510], { hold: 'h1', newHold: 'h2' });
    const lapsed = reservation({ reservationId: 'h1', status: 'EXPIRED', ...anns });
    const again = held('ann', [1_505, 1_600], { hold: 'h2' });
    for (const rows of books('h2', [lapsed])) {
      expect(wrong([first, late, again], rows)).toEqual([]);
      expect(wrong([first, { ...late, order: undefined }, again], rows)).toEqual([]);
    }
    const ofTwo = [{ ...first, quantity: 2 }, late, { ...again, quantity: 2 }];
    expect(wrong(ofTwo, {}, { total: 2, unitsPerBuyerMax: 2 })).toEqual([]);
    expect(wrong([first, late, { ...again, hold: 'h1' }])).toContain('never-oversold');
    expect(wrong([first, late, { ...again, buyer: 'bob' }])).toContain('never-oversold');
    expect(wrong([first, late, again, said('buy', 'bob', [1_700, 1_710])])).toEqual([
      'never-oversold',
    ]);
    // The sale of which it tells is not in the books.
    expect(wrong([first, late, again], { reservations: [lapsed], orders: [] })).toEqual([
      'no-lost-acknowledged',
    ]);
  });
});

describe('a late checkout of a described shop', () => {
  const first = held('ann', [0, 10]);
  const late = bought('confirm', [1_500, 1_510], { hold: 'h1', newHold: 'h2' });
  const second = (times: [number, number], facts: Partial<Call> = {}) =>
    held('ann', times, { hold: 'h2', ...facts });
  const anns = { userId: 'ann', quantity: 1 };
  const reservations = [
    reservation({ reservationId: 'h1', status: 'EXPIRED', ...anns }),
    reservation({ reservationId: 'h2', status: 'CONFIRMED', ...anns }),
  ];
  const orders = [order({ orderId: 'o1', reservationId: 'h2', ...anns })];
  const books = [{}, { reservations }, { orders }, { reservations, orders }];

  it('may be answered with what its buyer had reserved, which it sells', () => {
    for (const rows of books) {
      for (const times of [
        [1_502, 1_505],
        [1_400, 1_410],
        [1_400, 1_505],
      ] as const) {
        expect(wrong([first, late, second([...times])], rows)).toEqual([]);
      }
      const nameless = { ...late, sku: undefined };
      expect(wrong([first, nameless, second([1_502, 1_505])], rows)).toEqual([]);
    }
    const cancel = said('cancel', 'ann', [1_600, 1_610], { order: 'o1' });
    const bobs = said('buy', 'bob', [1_700, 1_710], { order: 'o2' });
    expect(wrong([first, late, second([1_502, 1_505]), cancel, bobs])).toEqual([]);
    expect(wrong([first, late, second([1_502, 1_505]), bobs])).toEqual(['never-oversold']);
  });

  it('is of another hold where somebody else was told of that one, or was not told of it', () => {
    const bobs = { buyer: 'bob' };
    expect(wrong([first, late, second([1_502, 1_505], bobs)])).toContain('never-oversold');
    expect(wrong([first, late, second([1_502, 1_505], { hold: 'h3' })])).toContain(
      'never-oversold',
    );
    expect(wrong([first, late, second([1_502, 1_505])], {}, { shop: undefined })).toContain(
      'never-oversold',
    );
    const sold = bought('confirm', [1_420, 1_430], { hold: 'h2', order: 'o9' });
    expect(wrong([first, second([1_400, 1_410]), sold, late])).toContain('never-oversold');
    const back = said('release', 'ann', [1_420, 1_430], { hold: 'h2' });
    const two = [first, second([1_400, 1_410]), back, late];
    expect(wrong(two)).toEqual([]);
    expect(wrong([...two, said('buy', 'bob', [1_700, 1_710])])).toEqual(['never-oversold']);
  });
});

describe('a purchase of a described shop that names its order alone', () => {
  const buy = (times: [number, number], facts: Partial<Call> = {}) =>
    bought('buy', times, { order: 'h1', ...facts });
  const anns = { userId: 'ann', quantity: 1 };
  const reservations = [reservation({ reservationId: 'h1', status: 'CONFIRMED', ...anns })];
  const orders = [order({ orderId: 'h1', reservationId: 'h1', ...anns })];
  const books = [{}, { reservations }, { orders }, { reservations, orders }];
  const bobs = said('buy', 'bob', [70, 80], { order: 'o2' });

  it.each(['buy', 'register'] as const)(
    'sold what its buyer had reserved, if that has the same id: %s',
    (kind) => {
      const sale = buy([20, 30], { kind });
      for (const rows of books) {
        expect(wrong([held('ann', [0, 10]), sale], rows)).toEqual([]);
        expect(wrong([held('ann', [15, 25]), sale], rows)).toEqual([]);
        expect(wrong([sale, held('ann', [32, 40])], rows)).toEqual([]);
        expect(wrong([sale, held('ann', [25, 40])], rows)).toEqual([]);
      }
      expect(wrong([held('ann', [0, 10]), sale, bobs])).toEqual(['never-oversold']);
      const cancel = said('cancel', 'ann', [40, 50], { order: 'h1' });
      expect(wrong([held('ann', [0, 10]), sale, cancel, bobs])).toEqual([]);
    },
  );

  it('took units of its own, if that has another id, is somebody else’s, or of other units', () => {
    const sale = buy([20, 30]);
    for (const facts of [{ hold: 'h2' }, { buyer: 'bob' }, { quantity: 2 }]) {
      expect(wrong([held('ann', [0, 10], facts), sale])).toContain('never-oversold');
    }
    const ours = { shop: undefined };
    expect(wrong([held('ann', [0, 10]), sale], {}, ours)).toContain('never-oversold');
    const named = buy([20, 30], { hold: 'h7' });
    expect(wrong([held('ann', [0, 10]), named])).toContain('never-oversold');
    expect(wrong([held('ann', [0, 10], { sku: 'CUP' }), sale, bobs])).toContain('never-oversold');
    const no = refused('reserve', 'ann', [0, 10], { hold: 'h1', code: 'LATER' });
    expect(wrong([no, sale, bobs])).toEqual(['never-oversold']);
  });
});

describe('what gave something back in a described shop', () => {
  const released = (atMs: number) => said('release', 'ann', [atMs, atMs + 5], { hold: 'h1' });
  const wishes = (...calls: Call[]): string[] =>
    findWishes(tellNamesakesApart(shopOf({ total: 1 }, calls))).calls.map(({ kind }) => kind);

  it('is no wish of somebody who was refused, is unknown, or names nothing', () => {
    const two = ['release', 'release'];
    expect(wishes(released(10), refused('release', 'ann', [30, 35], { hold: 'h1' }))).toEqual(two);
    const unknown = [released(10), released(30)].map((call) => ({ ...call, buyer: undefined }));
    expect(wishes(...unknown)).toEqual(two);
    const nameless = [released(10), released(30)].map((call) => ({ ...call, hold: undefined }));
    expect(wishes(...nameless)).toEqual(two);
    const no = refused('buy', 'ann', [20, 30], { order: 'o1' });
    expect(wishes(bought('buy', [0, 10]), no)).toEqual(['buy', 'buy']);
    const sale = bought('buy', [0, 10], { hold: 'h1' });
    expect(wishes(sale, bought('confirm', [20, 30], { hold: 'h1' }))).toEqual(['buy']);
    const again = bought('buy', [40, 50], { hold: 'h1' });
    expect(wishes(sale, held('ann', [20, 30]), again)).toEqual(['buy']);
    const checkout = refused('confirm', 'ann', [20, 30], { hold: 'h1', order: 'o1' });
    expect(wishes(sale, checkout)).toEqual(['buy', 'confirm']);
    const look = (atMs: number) => said('read', 'ann', [atMs, atMs + 1], { hold: 'h1' });
    expect(wishes(look(10), look(20))).toEqual(['read', 'read']);
  });

  it('is one wish, unless its name was given twice', () => {
    const [first, again] = [held('ann', [0, 5]), held('ann', [20, 25])];
    expect(wishes(first, released(10), released(30))).toEqual(['reserve', 'release']);
    expect(wishes(first, released(10), again, released(30))).toEqual([
      ...['reserve', 'release'],
      ...['reserve', 'release'],
    ]);
  });
});

describe('a sale of what its buyer had reserved', () => {
  const reserved = said('reserve', 'ann', [0, 10], { hold: 'b' });
  const late = said('confirm', 'ann', [20, 30], { hold: 'a', newHold: 'b', order: 'o' });
  const bought = said('buy', 'ann', [20, 30], { order: 'b' });
  /** The holds that the sale, which is the last call, is said to have sold and to have made. */
  const soldBy = (...calls: Call[]) => {
    const sale = saleOf({ shop: 'corner-shop' });
    const told = withSalesOfReserved(evidenceOf(sale, calls).operations, sale).at(-1);
    return [told?.hold, told?.newHold];
  };
  const OF_RESERVED = ['b', undefined];
  const AS_TOLD = ['a', 'b'];

  it('is one by the name of its hold, in a described shop', () => {
    expect(soldBy(reserved, late)).toEqual(OF_RESERVED);
    expect(soldBy(reserved, { ...late, sku: undefined })).toEqual(OF_RESERVED);
    expect(soldBy(reserved, bought)).toEqual(OF_RESERVED);
    const { operations } = evidenceOf(saleOf(), [reserved, late]);
    expect(withSalesOfReserved(operations, saleOf())).toBe(operations);
  });

  it('is none if the call for that hold was another, or told of no such hold', () => {
    expect(soldBy(said('attempt', 'ann', [0, 10], { hold: 'b' }), late)).toEqual(AS_TOLD);
    expect(soldBy(refused('reserve', 'ann', [0, 10], { hold: 'b' }), late)).toEqual(AS_TOLD);
    const ofNobody = { buyer: undefined };
    expect(soldBy({ ...reserved, ...ofNobody }, { ...late, ...ofNobody })).toEqual(AS_TOLD);
    expect(soldBy({ ...reserved, buyer: 'bob' }, late)).toEqual(AS_TOLD);
    const ofAnother = said('confirm', 'ann', [40, 50], { hold: 'c' });
    expect(soldBy({ ...reserved, hold: undefined }, late, ofAnother)).toEqual(['c', undefined]);
  });

  it('is none if its own facts are others, or it was refused', () => {
    const nothing = [undefined, undefined];
    expect(soldBy(reserved, { ...late, sku: 'SKU-2' })).toEqual(AS_TOLD);
    expect(soldBy(reserved, { ...bought, sku: 'SKU-2' })).toEqual(nothing);
    expect(soldBy(reserved, { ...bought, quantity: 2 })).toEqual(nothing);
    const no = refused('confirm', 'ann', [40, 50], { hold: 'a', newHold: 'b' });
    expect(soldBy(reserved, late, no)).toEqual(AS_TOLD);
  });

  it('was answered after the first call for that hold', () => {
    const until = (toMs: number) => ({ ...reserved, completedAtNs: toMs * 1e6 });
    expect(soldBy(until(30), late)).toEqual(OF_RESERVED);
    expect(soldBy(until(31), late)).toEqual(AS_TOLD);
    const again = said('reserve', 'ann', [12, 40], { hold: 'b' });
    expect(soldBy(reserved, again, late)).toEqual(OF_RESERVED);
  });
});
