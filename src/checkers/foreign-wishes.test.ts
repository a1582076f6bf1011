import { describe, expect, it } from 'vitest';
import { order, readingAt, reservation, shopOf, wrongIn } from '../../test/judge/foreign-story.ts';
import { type Call, refused, said, unanswered } from '../../test/judge/story.ts';

const REFUSALS = { 'sold-out': 'sold-out', 'has-one': 'has-one' } as const;
const anns = { userId: 'ann', quantity: 1 };
const bobs = { userId: 'bob', quantity: 1 };
const SELLS = ['register', 'buy'] as const;

describe.each(SELLS)('a shop whose %s sells what its buyer has reserved', (kind) => {
  const calls = (told: Partial<Call> = {}) => [
    said('reserve', 'ann', [0, 10], { hold: 'h1' }),
    said(kind, 'ann', [20, 30], { hold: 'h1', ...told }),
    said(kind, 'bob', [20, 30], { hold: 'h2' }),
  ];
  const held = [
    reservation({ reservationId: 'r0', status: 'CANCELLED', ...anns }),
    reservation({ reservationId: 'r1', status: 'CONFIRMED', ...anns }),
    reservation({ reservationId: 'r2', status: 'CONFIRMED', ...bobs }),
  ];
  const orders = [
    order({ orderId: '7', reservationId: 'r1', ...anns }),
    order({ orderId: '8', reservationId: 'r2', ...bobs }),
  ];

  it('has one row for both calls, beside one of its buyer that is older', () => {
    const skus = [{ skuId: 'SKU-1', total: 9, wasOnSale: true }];
    const facts = { skus, unitsPerBuyerMax: 9, nobodyElseBuys: false };
    for (const reservations of [held, held.toReversed()]) {
      expect(wrongIn(shopOf(facts, calls(), { reservations, orders }))).toEqual({});
      expect(wrongIn(shopOf(facts, calls({ order: 'o1' }), { reservations, orders }))).toEqual({});
    }
  });

  it('has one row for both calls, beside what a refused call has left', () => {
    const facts = { total: 2, refusals: REFUSALS, holdTtlMs: 1_000, nobodyElseBuys: true };
    const left = refused(kind, 'ann', [12, 14], { code: 'too busy' });
    for (const reservations of [held, held.toReversed()]) {
      expect(wrongIn(shopOf(facts, [...calls(), left], { reservations, orders }))).toEqual({});
    }
  });

  it('sells one unit by both calls, and another one if it names another hold', () => {
    const facts = { total: 1, holdTtlMs: 1_000 };
    const judged = (hold: string) => wrongIn(shopOf(facts, calls({ hold }).slice(0, 2)));
    expect(judged('h1')).toEqual({});
    expect(Object.keys(judged('h2'))).toEqual(['never-oversold', 'one-per-buyer']);
  });
});

describe.each([...SELLS, 'reserve'] as const)(
  'a shop that answers a second %s with what the first one got',
  (kind) => {
    const status = kind === 'reserve' ? 'RESERVED' : 'CONFIRMED';
    const soldOut = refused(kind, 'bob', [20, 30], { code: 'sold-out' });
    const hasOne = refused(kind, 'ann', [22, 30], { code: 'has-one' });
    const facts = { total: 1, refusals: REFUSALS, holdTtlMs: 1_000, nobodyElseBuys: true };
    const rowsOf = (reservationId: string, facts: { callId?: string; orderId?: string } = {}) => ({
      reservations: [reservation({ reservationId, status, ...anns, callId: facts.callId ?? null })],
      orders: kind === 'reserve' ? [] : [order({ reservationId, ...anns, ...facts })],
    });
    const told = said(kind, 'ann', [40, 50], { hold: 'h1', order: 'o1', callId: 'c2' });
    const judged = (calls: Call[], rows?: string) =>
      Object.keys(
        wrongIn(shopOf(facts, [...calls, soldOut, told], rows === undefined ? {} : rowsOf(rows))),
      );

    it.each([undefined, 'h1', 'r1'])(
      'had it from the first on, though that got no answer',
      (rows) => {
        expect(judged([unanswered(kind, 'ann', 0), hasOne], rows)).toEqual([]);
        expect(judged([], rows)).toContain('no-false-sold-out');
      },
    );

    it.each([
      ['h1', 'o1'],
      ['r1', '7'],
    ])(
      'stores it under the id of either call, also under names of its own: %s',
      (hold, orderId) => {
        const wrong = (callId: string, buyer: string, ...others: Call[]) => {
          const rows = rowsOf(hold, { callId, orderId });
          const calls = [unanswered(kind, buyer, 0, { callId: 'c1' }), ...others, told];
          return wrongIn(shopOf(facts, calls, rows, readingAt(60, rows)));
        };
        expect(wrong('c2', 'ann')).toEqual({});
        expect(wrong('c1', 'ann')).toEqual({});
        expect(wrong('c1', 'bob')).not.toEqual({});
        // One row for two that were told of something each.
        const other = said(kind, 'ann', [40, 55], { hold: 'h2', order: 'o2', callId: 'c3' });
        expect(wrong('c1', 'ann', other)).toHaveProperty('no-lost-acknowledged');
      },
    );
  },
);
