import { describe, expect, it } from 'vitest';
import { notValidIn, order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  keeping,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { answersOnly } from '../../history/manifest.ts';
import type { LedgerLine, LedgerOrder, LedgerReservation } from '../../protocol/ledger.ts';
import { attribute } from '../reading/attribution.ts';
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

/** Takes all reservations out of the books, as of a shop that has none. */
function withoutHolds(ledger: LedgerSnapshot): void {
  ledger.reservations = [];
  for (const line of ledger.lines) line.reservationId = null;
}

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

  it('finds one line in the ledger of a call that was refused, whenever its SKU was read', () => {
    const refusals = BOTH.map(({ sku, callId }) =>
      refused('buy', 'ann', [0, 10], { basket: 'call', sku, callId }),
    );
    for (const read of [readIn('SKU-2', SKU), readIn(SKU, 'SKU-2')]) {
      const evidence = { ledger: books(halve), books: read };
      expect(check(evidenceOf(sale, refusals, evidence)).status).toBe('invalid');
    }
    const nothing = { ...booksOf(sale, []), lines: [] };
    expect(check(evidenceOf(sale, refusals, { ledger: nothing })).status).toBe('valid');
  });

  it('finds half an order in a described shop whose rows all name their calls', () => {
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 5 }));
    const lines = [SKU, 'SKU-2'].map((sku, place) =>
      said('buy', 'ann', [0, 10], {
        basket: 'call',
        sku,
        callId: `buy.${sku}`,
        order: `o${place}`,
      }),
    );
    const row = order({ orderId: 'o0', userId: 'ann', callId: `buy.${SKU}` });
    const invalid = (...orders: (typeof row)[]) => notValidIn(shopOf({ skus }, lines, { orders }));
    expect(invalid(row)).toHaveProperty('all-or-nothing');
    expect(invalid(row, { ...row, orderId: 'o1', skuId: 'SKU-2', callId: 'buy.SKU-2' })).toEqual(
      {},
    );
    // The missing line may be the one whose row names no call.
    expect(invalid(row, { ...row, orderId: 'o1', skuId: 'SKU-2', callId: null })).toEqual({});
  });

  describe('in a described shop', () => {
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 5 }));
    const linesOf = (kind: 'buy' | 'confirm' | 'reserve') =>
      [SKU, 'SKU-2'].map((sku, place) => {
        const name = kind === 'reserve' ? { hold: `h${place}` } : { order: `o${place}` };
        return said(kind, 'ann', [0, 10], { basket: kind, sku, callId: `c${place}`, ...name });
      });
    const row = order({ orderId: 'o0', userId: 'ann', quantity: 1, callId: 'c0' });
    const cancels = said('cancel', 'ann', [20, 30], { order: 'o1', sku: 'SKU-2' });

    it('says nothing of a line whose order may have been cancelled alone, and deleted', () => {
      const asked = unanswered('cancel', 'ann', 20, { order: 'o1', sku: 'SKU-2' });
      for (const lines of [linesOf('buy'), linesOf('confirm')]) {
        const judged = (...ends: Call[]) =>
          notValidIn(shopOf({ skus }, [...lines, ...ends], { orders: [row] }));
        expect(judged(cancels)).toEqual({});
        expect(judged(asked)).toEqual({});
        expect(judged(refused('cancel', 'ann', [20, 30], { order: 'o1' }))).toHaveProperty(
          'all-or-nothing',
        );
        expect(judged({ ...cancels, order: 'o7' })).toHaveProperty('all-or-nothing');
      }
      // Our own server deletes none.
      const own = evidenceOf(sale, [...BOTH, { ...cancels, order: 'order-b' }], {
        ledger: books(halve),
      });
      expect(check(own).status).toBe('invalid');
    });

    it('says nothing of a line that a refused or lost call has given back, and finds one that it kept', () => {
      const calls = (kind: 'buy' | 'reserve' | 'confirm', isLost: boolean) =>
        linesOf(kind).map((line, place) => {
          const { basket, sku, callId } = line;
          const code = ['NOT_ALONE', 'too busy'][place];
          return isLost
            ? unanswered(kind, 'ann', 0, { basket, sku, callId })
            : refused(kind, 'ann', [0, 10], { basket, sku, callId, code });
        });
      const held = { userId: 'ann', quantity: 1, callId: 'c0', reservationId: 'h0' };
      const statusOf = (lines: Call[], rows: Parameters<typeof shopOf>[2]) =>
        check(attribute({ ...shopOf({ skus }, lines, rows), books: readIn(SKU, 'SKU-2') })).status;
      for (const isLost of [true, false]) {
        for (const kind of ['buy', 'reserve'] as const) {
          const holdIs = (status: LedgerReservation['status']) =>
            statusOf(calls(kind, isLost), {
              reservations: [reservation({ ...held, status })],
            });
          expect(holdIs('CANCELLED')).toBe('valid');
          expect(holdIs('EXPIRED')).toBe('invalid');
          expect(holdIs('RESERVED')).toBe('invalid');
        }
        for (const kind of ['buy', 'confirm'] as const) {
          const orderIs = (status: LedgerOrder['status']) =>
            statusOf(calls(kind, isLost), { orders: [{ ...row, status }] });
          expect(orderIs('FAILED')).toBe('valid');
          expect(orderIs('PENDING')).toBe('invalid');
          expect(orderIs('CONFIRMED')).toBe('invalid');
        }
      }
      const granted = statusOf(linesOf('buy'), { orders: [{ ...row, status: 'FAILED' }] });
      expect(granted).toBe('invalid');
      // A second row of the call may stand beside one that is over.
      const second = reservation({ ...held, reservationId: 'h9', status: 'CANCELLED' });
      const reservations = [second, reservation(held)];
      expect(statusOf(calls('reserve', true), { reservations })).toBe('invalid');
      const orders = [{ ...row, orderId: 'o9', status: 'FAILED' as const }, row];
      expect(statusOf(calls('confirm', true), { orders })).toBe('invalid');
      // Our own server leaves no such rows.
      const own = books((ledger) => {
        halve(ledger);
        Object.assign(ledger.reservations[0] as object, { status: 'CANCELLED' });
      });
      const evidence = { ledger: { ...own, lines: [] }, books: readIn(SKU, 'SKU-2') };
      expect(check(evidenceOf(sale, NO_ANSWER, evidence)).status).toBe('invalid');
    });

    it('says nothing of a line whose row may be that of another call', () => {
      const calls = [...BOTH, said('buy', 'bob', [0, 10], { hold: 'c' })];
      const ended = { quantity: 1, status: 'CONFIRMED' as const };
      const statusOf = (idOf: (name: string) => string | null) => {
        const reservations = [
          reservation({ ...ended, reservationId: idOf('a'), status: 'CANCELLED' }),
          reservation({ ...ended, reservationId: idOf('c') }),
          reservation({ ...ended, reservationId: idOf('b'), skuId: 'SKU-2' }),
        ];
        const shop = shopOf({ skus }, calls, { reservations });
        const lines = [lineOf(SKU, 'a'), lineOf('SKU-2', 'b')];
        const ledger = { ...books(), reservations, orders: [], lines };
        return check(attribute(keeping({ ...shop, ledger }, 'reservation', 'line'))).status;
      };
      expect(statusOf(() => null)).toBe('valid');
      expect(statusOf((name) => name)).toBe('invalid');
    });

    it('finds half a reservation of a buyer who has cancelled an order', () => {
      const bought = said('buy', 'ann', [0, 10], { order: 'o7', callId: 'c7' });
      const calls = [...linesOf('reserve'), bought, { ...cancels, order: undefined }];
      const held = { userId: 'ann', quantity: 1 };
      const reservations = [
        reservation({ ...held, reservationId: 'h0', callId: 'c0' }),
        reservation({ ...held, reservationId: 'h7', callId: 'c7', status: 'CANCELLED' }),
      ];
      expect(notValidIn(shopOf({ skus }, calls, { reservations, orders: [] }))).toHaveProperty(
        'all-or-nothing',
      );
    });

    it('says nothing of lines without an answer where a row may be of another call', () => {
      const lost = linesOf('buy').map((line) => ({
        ...unanswered('buy', 'ann', 0, { basket: 'call', sku: line.sku, callId: line.callId }),
      }));
      const alone = unanswered('buy', 'ann', 5, { callId: 'c7' });
      const statusOf = (callId: string | null) => {
        const named = order({ orderId: 'o9', userId: 'zoe', quantity: 9, callId: 'c9' });
        const shop = shopOf({ skus }, [...lost, alone], { orders: [{ ...row, callId }, named] });
        return check(attribute({ ...shop, books: readIn(SKU, 'SKU-2') })).status;
      };
      expect(statusOf(null)).toBe('valid');
      expect(statusOf('c7')).toBe('valid');
      expect(statusOf('c0')).toBe('invalid');
    });
  });

  it('finds one line in the ledger and not the other, though nobody was told', () => {
    const evidence = { ledger: books(halve), books: readIn(SKU, 'SKU-2') };
    const { status, summary } = check(evidenceOf(sale, NO_ANSWER, evidence));
    expect([status, summary]).toEqual([
      'invalid',
      'the ledger has the lines of one buy of a basket of buyer ann for SKU-1, and not for SKU-2',
    ]);
  });

  it('finds half an order where the shop has no holds', () => {
    const orders: LedgerSnapshot = { ...books(halve), reservations: [] };
    const evidence = { ledger: orders, books: readIn(SKU, 'SKU-2') };
    const small = { ...sale, evidence: { ...sale.evidence, ledger: ['order' as const] } };
    expect(check(evidenceOf(small, NO_ANSWER, evidence)).status).toBe('invalid');
    const whole: LedgerSnapshot = { ...books(), reservations: [] };
    expect(check(evidenceOf(small, NO_ANSWER, { ...evidence, ledger: whole })).status).toBe(
      'valid',
    );
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

  it('says nothing of a name that several baskets have, or one that was paid for again', () => {
    const statusOf = (...ofSecond: ('CONFIRMED' | 'EXPIRED')[]) => {
      const ledger = books((each) => {
        each.orders = [];
        const [row] = each.reservations;
        const again = [...ofSecond, 'CONFIRMED' as const].map((status, place) => ({
          ...(row as (typeof each.reservations)[number]),
          ...{ reservationId: `again-${place}`, status },
        }));
        each.reservations.push(...again);
        each.lines.push(...again.map(({ reservationId }) => lineOf(SKU, reservationId as string)));
        for (const line of each.lines) line.orderId = null;
        Object.assign(each.reservations[1] as object, { status: 'EXPIRED' });
      });
      return check(evidenceOf(sale, [], { ledger })).status;
    };
    expect(statusOf()).toBe('invalid');
    expect(statusOf('CONFIRMED')).toBe('invalid');
    expect(statusOf('EXPIRED')).toBe('valid');
  });

  it('reads the ends of lines from their orders where the shop has no holds', () => {
    const withOrders = (status: 'CONFIRMED' | 'FULFILLED' | 'CANCELLED') =>
      books((ledger) => {
        withoutHolds(ledger);
        Object.assign(ledger.orders[1] as object, { status });
      });
    const statusOf = (ledger: LedgerSnapshot) => check(evidenceOf(sale, [], { ledger })).status;
    expect(statusOf(withOrders('FULFILLED'))).toBe('valid');
    expect(statusOf(withOrders('CANCELLED'))).toBe('invalid');
  });

  it('says nothing of a basket that was refused whole, or of which the ledger has nothing', () => {
    const no = BOTH.map((call) => ({ ...call, outcome: 'fail' as const, status: 400 }));
    expect(check(evidenceOf(sale, no)).status).toBe('valid');
    const ledger = { ...booksOf(sale, []), lines: [] };
    expect(check(evidenceOf(sale, BOTH, { ledger })).status).toBe('valid');
  });

  it('names a SKU that no answer named', () => {
    const untold = refused('buy', 'ann', [0, 10], { basket: 'call', sku: undefined });
    expect(check(evidenceOf(sale, [BOTH[0]!, untold])).summary).toMatch(
      /yes for SKU-1 and no for a SKU without a name$/,
    );
  });

  it('shows ten baskets, and says how many more there are', () => {
    const calls = Array.from({ length: 12 }, (_, place) => [
      said('buy', `ann-${place}`, [0, 10], { basket: `${place}` }),
      refused('buy', `ann-${place}`, [0, 10], { basket: `${place}`, sku: 'SKU-2' }),
    ]);
    const { summary, witness } = check(evidenceOf(sale, calls.flat()));
    expect(summary).toMatch(/ \(the first of 12 faults\)$/);
    expect(witness?.prose.match(/answered yes/g)).toHaveLength(10);
    expect(witness?.operations).toHaveLength(10);
  });

  it('looks for the holds of a reservation of several SKUs, and for the orders of its checkout', () => {
    const paid = BOTH.map((call) => ({ ...call, kind: 'confirm' as const }));
    const held = BOTH.map((call) => ({ ...call, kind: 'reserve' as const }));
    const statusOf = (calls: typeof BOTH, ledger: LedgerSnapshot) =>
      check(evidenceOf(sale, calls, { ledger })).status;
    const withoutHold = books(({ reservations, lines }) => {
      reservations.splice(1, 1);
      Object.assign(lines[1] as object, { reservationId: null });
    });
    const withoutOrder = books(({ orders, lines }) => {
      orders.splice(1, 1);
      Object.assign(lines[1] as object, { orderId: null });
    });
    expect(statusOf(held, books())).toBe('valid');
    expect(statusOf(held, withoutHold)).toBe('invalid');
    expect(statusOf(held, withoutOrder)).toBe('valid');
    expect(statusOf(paid, books())).toBe('valid');
    expect(statusOf(paid, withoutHold)).toBe('valid');
    expect(statusOf(paid, withoutOrder)).toBe('invalid');
  });

  it('asks for no row of a line whose call has no id', () => {
    const calls = [BOTH[0]!, { ...BOTH[1]!, callId: undefined }];
    expect(check(evidenceOf(sale, calls, { ledger: books(halve) })).status).toBe('valid');
  });

  it('looks for orders alone where holds were never promised', () => {
    const manifest = { ...answersOnly, ledger: ['order' as const, 'line' as const] };
    const statusOf = (change: (ledger: LedgerSnapshot) => unknown) =>
      check(evidenceOf({ ...sale, evidence: { ...manifest } }, BOTH, { ledger: books(change) }))
        .status;
    expect(statusOf((ledger) => ledger.reservations.splice(1, 1))).toBe('valid');
    expect(statusOf((ledger) => ledger.orders.splice(1, 1))).toBe('invalid');
  });

  const skus = ['SKU-1', 'SKU-2', 'SKU-3'];
  const three = saleOf({ skus: skus.map((skuId) => ({ skuId, total: 5 })) });
  /** The books of a basket of three lines in these states, read one after the other. */
  const inThree = (rows: object[]) => ({
    ledger: books((ledger) => {
      const [row] = ledger.reservations;
      ledger.orders = [];
      ledger.reservations = rows.map((state, place) => ({
        ...(row as (typeof ledger.reservations)[number]),
        ...{ reservationId: `h${place}`, skuId: skus[place] as string, ...state },
      }));
      ledger.lines = rows.map((_, place) => ({
        ...lineOf(skus[place] as string, `h${place}`),
        orderId: null,
      }));
    }),
    books: readIn(...skus),
  });
  const statusOfThree = (...rows: object[]) => check(evidenceOf(three, [], inThree(rows))).status;
  const [HELD, SOLD, ENDED] = [
    { status: 'RESERVED', lapsed: false },
    { status: 'CONFIRMED' },
    { status: 'EXPIRED' },
  ];

  it('compares a line that is held with those that had ended before it was read', () => {
    expect(statusOfThree(SOLD, HELD, SOLD)).toBe('invalid');
    expect(statusOfThree(HELD, HELD, SOLD)).toBe('valid');
    expect(statusOfThree(HELD, HELD, HELD)).toBe('valid');
  });

  it('does not know the end of a hold of which nobody knows if it has lapsed', () => {
    expect(statusOfThree(ENDED, { status: 'RESERVED', lapsed: null }, ENDED)).toBe('valid');
    expect(statusOfThree(SOLD, SOLD, { status: 'RESERVED', lapsed: true })).toBe('invalid');
  });

  it('misses a line of which no books say that it was read too early, beside any that is there', () => {
    const calls = skus.map((sku, place) =>
      unanswered('buy', 'ann', 0, { basket: 'call', sku, callId: `c${place}` }),
    );
    const evidence = inThree([{ callId: 'c0' }, { callId: 'other' }, { callId: 'c2' }]);
    evidence.ledger.lines = [];
    expect(check(evidenceOf(three, calls, evidence)).summary).toMatch(
      /for SKU-1, SKU-3, and not for SKU-2$/,
    );
  });

  it('takes an order that failed for one whose units were given back, and asks nothing of one that is to be paid', () => {
    const withOrder = (status: 'PENDING' | 'FAILED') => {
      const ledger = books((each) => {
        withoutHolds(each);
        Object.assign(each.orders[1] as object, { status });
      });
      return check(evidenceOf(sale, [], { ledger })).status;
    };
    expect(withOrder('FAILED')).toBe('invalid');
    expect(withOrder('PENDING')).toBe('valid');
  });
});

describe('the lines of baskets in the books of our own server', () => {
  const changed =
    (change: Partial<LedgerLine>, place = 1) =>
    ({ lines }: LedgerSnapshot): void =>
      void Object.assign(lines[place] as object, change);
  const saysOf = (calls: typeof BOTH, tamper: (ledger: LedgerSnapshot) => void) =>
    check(evidenceOf(sale, calls, { ledger: books(tamper) })).summary;
  const WHOLE = /are whole$/;

  it.each<[string, (ledger: LedgerSnapshot) => void, RegExp]>([
    [
      'of a hold that is not there',
      changed({ reservationId: 'c' }),
      /^the line of basket both for SKU-2 is for reservation c, which is not there/,
    ],
    [
      'of an order that is not there',
      changed({ orderId: 'c' }),
      /^the line of basket both for SKU-2 is for order c, which is not there/,
    ],
    ['of another buyer', changed({ userId: 'ben' }), /for reservation b of another buyer or SKU/],
    [
      'of another SKU',
      changed({ reservationId: 'a' }),
      /for reservation a of another buyer or SKU/,
    ],
    [
      'of the order of another hold',
      ({ orders }) => void Object.assign(orders[1] as object, { reservationId: 'a' }),
      /^the line of basket both for SKU-2 has an order of another reservation/,
    ],
    [
      'that is missing',
      ({ lines }) => void lines.pop(),
      /^a hold of a call for a basket of buyer ann is not a line of one basket in the ledger$/,
    ],
    [
      'that is there twice',
      ({ lines }) => void lines.push(lineOf('SKU-2', 'b')),
      /is not a line of one basket in the ledger$/,
    ],
    [
      'in another basket',
      changed({ basketId: 'other' }),
      /^the ledger has the lines of a call for a basket of buyer ann in several baskets$/,
    ],
  ])('are wrong with one %s', (_, tamper, says) => {
    expect(saysOf(BOTH, tamper)).toMatch(says);
  });

  it('are wrong if two calls share a basket', () => {
    const alone = BOTH.map((call, place) => ({ ...call, basket: `call ${place}` }));
    expect(saysOf(alone, () => {})).toMatch(/in that of another call$/);
    expect(saysOf(BOTH, () => {})).toMatch(WHOLE);
  });

  it('may lack what they do not name, and holds that no call for a basket made', () => {
    expect(saysOf(BOTH, changed({ userId: null, orderId: null }))).toMatch(WHOLE);
    const nameless = BOTH.map(({ callId: _, ...call }) => call);
    expect(saysOf(nameless, ({ lines }) => void lines.pop())).toMatch(WHOLE);
    const paid = BOTH.map((call) => ({ ...call, kind: 'confirm' as const }));
    expect(saysOf(paid, ({ lines }) => void lines.pop())).toMatch(WHOLE);
  });

  it('say nothing where they were never promised, or where the shop is a described one', () => {
    const ledger = books(({ lines }) => void lines.pop());
    const evidence = evidenceOf(sale, BOTH, { ledger });
    const promised = evidence.sale.evidence.ledger.filter((kind) => kind !== 'line');
    expect(check(keeping(evidence, ...promised)).status).toBe('valid');
    const ordered = evidenceOf(sale, BOTH, { ledger: books(changed({ orderId: 'c' })) });
    const withoutOrders = ordered.sale.evidence.ledger.filter((kind) => kind !== 'order');
    expect(check(ordered).status).toBe('invalid');
    expect(check(keeping(ordered, ...withoutOrders)).status).toBe('valid');
    expect(check(evidence).status).toBe('invalid');
    const described = { ...sale, shop: 'corner-shop' };
    const { attribution } = attribute(evidenceOf(described, BOTH, { ledger }));
    expect(attribution).toBeDefined();
    expect(check({ ...evidence, ...(attribution && { attribution }) }).status).toBe('valid');
  });
});

itCatches(allOrNothing, ['half-held', 'half-sold', 'half-cancelled']);
