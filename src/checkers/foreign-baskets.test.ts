import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf, wrongIn } from '../../test/judge/foreign-story.ts';
import { type Call, refused, SKU, said, unanswered } from '../../test/judge/story.ts';
import { NOT_ALONE, ofSomeLine } from '../history/operation.ts';
import type { RefusalReasons } from '../history/refusal-reason.ts';

const CUP = 'CUP';
const REFUSALS: RefusalReasons = { 'sold-out': 'sold-out', 'has-hold': 'has-hold' };
const facts = {
  skus: [SKU, CUP].map((skuId) => ({ skuId, total: 1 })),
  refusals: REFUSALS,
  holdTtlMs: 1_000,
  nobodyElseBuys: true,
};

type Kind = 'reserve' | 'buy';
const codes = (first: string, second: string) => [
  [SKU, first],
  [CUP, second],
];

/** The lines of a basket of one unit of each SKU. */
const lines = (make: (line: Partial<Call>) => Call): Call[] =>
  [SKU, CUP].map((sku) => make({ sku, basket: 'ann', callId: `ann.${sku}` }));

/** A basket of Ann's that was refused from 10 to 30 ms, its lines with these codes. */
const refusedWith = (kind: Kind, first: string, second: string): Call[] =>
  codes(first, second).map(([sku, code]) =>
    refused(kind, 'ann', [10, 30], { sku, code, basket: 'ann', callId: `ann.${sku}` }),
  );

/** The only cup is Bob's. */
const bobs = (kind: Kind) =>
  [
    said(kind, 'bob', [0, 5], { sku: CUP, hold: 'h1', order: 'o1', callId: 'bob' }),
    reservation({
      ...{ reservationId: 'h1', skuId: CUP, userId: 'bob', quantity: 1, callId: 'bob' },
      status: kind === 'buy' ? 'CONFIRMED' : 'RESERVED',
    }),
  ] as const;

const soldOut = (times: [number, number], kind: Kind = 'reserve') =>
  refused(kind, 'cid', times, { code: 'sold-out', callId: 'cid' });

/** The checks that are invalid, where the shop has no books, and where it has rows of its holds. */
const wrong = (kind: Kind, calls: Call[]): string[][] => {
  const [bob, held] = bobs(kind);
  const orders =
    kind === 'buy'
      ? [order({ orderId: 'o1', skuId: CUP, userId: 'bob', quantity: 1, callId: 'bob' })]
      : [];
  const shops = [
    shopOf(facts, [bob, ...calls]),
    shopOf(facts, [bob, ...calls], { reservations: [held], orders }),
  ];
  return shops.map((shop) => Object.keys(wrongIn(shop)));
};

describe.each(['reserve', 'buy'] as const)(
  'a shop that takes the lines of a basket for %s one by one, and gives them back',
  (kind) => {
    it.each([
      [NOT_ALONE, 'sold-out'],
      [ofSomeLine('sold-out'), ofSomeLine('sold-out')],
      ['refused', 'refused'],
    ])('may tell somebody "sold out" meanwhile: %s', (first, second) => {
      const basket = refusedWith(kind, first, second);
      expect(wrong(kind, [...basket, soldOut([12, 14])])).toEqual([[], []]);
      expect(wrong(kind, [...basket, soldOut([30, 34])])).toEqual([[], []]);
    });

    it('has them back when it answers', () => {
      const late = soldOut([31, 34]);
      for (const [first, second] of [
        [NOT_ALONE, 'sold-out'],
        [ofSomeLine('sold-out'), ofSomeLine('sold-out')],
      ] as const) {
        const found = wrong(kind, [...refusedWith(kind, first, second), late]);
        expect(found).toEqual([['no-false-sold-out'], ['no-false-sold-out']]);
      }
    });

    it('may have done so without an answer, and at any time after the call', () => {
      const lost = lines((line) => unanswered(kind, 'ann', 10, line));
      expect(wrong(kind, [...lost, soldOut([500, 520])])).toEqual([[], []]);
      expect(wrong(kind, [...lost, soldOut([6, 9])])).toEqual([
        ['no-false-sold-out'],
        ['no-false-sold-out'],
      ]);
    });

    it('has not taken the line for which it refuses, nor one whose request never left', () => {
      const own = refusedWith(kind, 'sold-out', 'sold-out');
      const unsent = refusedWith(kind, 'ECONNREFUSED', 'ECONNREFUSED').map((call) => ({
        ...call,
        status: 0,
      }));
      expect(wrong(kind, [...own, soldOut([12, 14])])[1]).toEqual(['no-false-sold-out']);
      expect(wrong(kind, [...unsent, soldOut([12, 14])])[1]).toEqual(['no-false-sold-out']);
    });

    it.each([
      ['CANCELLED', 'CANCELLED', []],
      ['CANCELLED', 'FAILED', []],
      ['EXPIRED', 'PENDING', ['all-or-nothing']],
    ] as const)('may keep the row of what it gave back: %s, %s', (ofHold, ofOrder, expected) => {
      const [bob, held] = bobs(kind);
      const calls = [bob, ...refusedWith(kind, NOT_ALONE, 'sold-out')];
      const left = { userId: 'ann', quantity: 1, callId: `ann.${SKU}` };
      const reservations = [held, reservation({ reservationId: 'h2', status: ofHold, ...left })];
      const bobsOrder = order({
        orderId: 'o1',
        skuId: CUP,
        userId: 'bob',
        quantity: 1,
        callId: 'bob',
      });
      const orders = [bobsOrder, order({ orderId: 'o2', status: ofOrder, ...left })];
      const sold = kind === 'buy' ? { orders: [bobsOrder] } : {};
      expect(Object.keys(wrongIn(shopOf(facts, calls, { reservations, ...sold })))).toEqual(
        expected,
      );
      if (kind === 'buy') {
        expect(Object.keys(wrongIn(shopOf(facts, calls, { orders })))).toEqual(expected);
      }
    });

    it('may tell the buyer of the basket meanwhile that they have a hold', () => {
      const basket = refusedWith(kind, NOT_ALONE, 'sold-out');
      const told = (times: [number, number]) =>
        refused('reserve', 'ann', times, { code: 'has-hold' });
      expect(wrong(kind, [...basket, told([12, 14])])).toEqual([[], []]);
      expect(wrong(kind, [...basket, told([31, 34])])).toEqual([
        ['no-false-refusal'],
        ['no-false-refusal'],
      ]);
    });
  },
);

describe.each(['reserve', 'buy'] as const)(
  'a shop that refuses a basket for %s without a word of which line',
  (kind) => {
    const whole = (code: string) => refusedWith(kind, ofSomeLine(code), ofSomeLine(code));

    it('may find some line sold out', () => {
      expect(wrong(kind, whole('sold-out'))).toEqual([[], []]);
    });

    it('lies if every line could be had', () => {
      const [free] = [said('release', 'bob', [6, 8], { sku: CUP, hold: 'h1' })];
      const calls = [bobs('reserve')[0], free as Call, ...whole('sold-out')];
      const found = wrongIn(shopOf(facts, calls));
      expect(found).toEqual({
        'no-false-sold-out':
          'a buyer was told that some line of a basket is sold out while there was enough of all',
      });
      // Another basket had its lines for a while.
      const other = whole('sold-out').map((call) => ({ ...call, buyer: 'dan', basket: 'dan' }));
      expect(wrongIn(shopOf(facts, [...calls, ...other]))).toEqual({});
    });

    it('lies if the buyer has a hold of none', () => {
      const found = (buyer: string) =>
        Object.keys(
          wrongIn(
            shopOf(facts, [
              bobs('reserve')[0],
              ...whole('has-hold').map((call) => ({ ...call, buyer })),
            ]),
          ),
        );
      expect(found('bob')).toEqual([]);
      expect(found('ann')).toEqual(['no-false-refusal']);
    });
  },
);
