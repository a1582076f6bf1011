import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf, wrongIn } from '../../../test/judge/foreign-story.ts';
import { type Call, said } from '../../../test/judge/story.ts';
import type { Evidence } from '../evidence.ts';
import { attribute } from './attribution.ts';

const ordersOf = (evidence: Evidence) =>
  attribute(evidence).ledger?.orders.map(({ orderId }) => orderId);

describe('an order of which a call was told another name than its row has', () => {
  const calls = [
    said('buy', 'ann', [0, 10], { callId: 'c1', order: 'o1' }),
    said('buy', 'bob', [0, 10], { callId: 'c2', order: 'o2' }),
  ];
  const rowsOf = (anns: string, bobs: string) => ({
    orders: [
      order({ orderId: anns, userId: 'ann', quantity: 1, callId: 'c1' }),
      order({ orderId: bobs, userId: 'bob', quantity: 1, callId: 'c2' }),
    ],
  });

  it('keeps the name in the books where these names are those of answers, so that it is missed', () => {
    const shop = shopOf({ total: 5 }, calls, rowsOf('o9', 'o2'));
    expect(ordersOf(shop)).toEqual(['o9', 'o2']);
    expect(wrongIn(shop)).toHaveProperty('no-lost-acknowledged');
  });

  it('has the name in the answer where books have names of their own', () => {
    const shop = shopOf({ total: 5 }, calls, rowsOf('7', '8'));
    expect(ordersOf(shop)).toEqual(['o1', 'o2']);
    expect(wrongIn(shop)).toEqual({});
  });

  it('has the name in the answer where several rows have its own', () => {
    const others = [
      said('buy', 'ann', [0, 10], { order: 'o1' }),
      said('buy', 'bob', [0, 10], { order: 'o2' }),
    ];
    const { orders } = rowsOf('o1', 'o2');
    const unnamed = [{ ...orders[0], userId: 'zoe' }, ...orders].map((row) => ({
      ...(row as (typeof orders)[number]),
      callId: null,
    }));
    const shop = shopOf({ total: 5 }, others, { orders: unnamed });
    expect(ordersOf(shop)).toEqual(['o1 in row 1', 'o1', 'o2']);
    const { vague } = attribute(shop).attribution ?? {};
    expect(['o1', 'o2'].map((name) => vague?.has(name))).toEqual([true, false]);
  });
});

describe('a reservation', () => {
  const anns = { userId: 'ann', quantity: 1 };
  const reserves = said('reserve', 'ann', [0, 10], { hold: 'h1' });
  const buys = said('register', 'ann', [20, 30], { hold: 'h1', order: 'o1' });
  const bobs = said('reserve', 'bob', [0, 10], { hold: 'h2' });
  /** The states of the rows that are given to no call, of rows in these states. */
  const left = (calls: Call[], ...states: ('CANCELLED' | 'CONFIRMED' | 'RESERVED')[]) => {
    const reservations = states.map((status, place) =>
      reservation({ reservationId: `r${place}`, status, ...anns }),
    );
    const { ledger, attribution } = attribute(
      shopOf({ total: 9, unitsPerBuyerMax: 9 }, calls, { reservations }),
    );
    return ledger?.reservations
      .filter(({ reservationId }) => attribution?.strangeReservations.has(reservationId ?? ''))
      .map(({ status }) => status);
  };

  it('that was sold by a later call is one that stands, wherever its row is', () => {
    const calls = [reserves, buys, bobs];
    expect(left(calls, 'CANCELLED', 'CONFIRMED')).toEqual(['CANCELLED']);
    expect(left(calls, 'CONFIRMED', 'CANCELLED')).toEqual(['CANCELLED']);
    expect(left(calls, 'CANCELLED', 'RESERVED')).toEqual(['CANCELLED']);
  });

  it('that was not is any of the rows that are like it: it may be over as well', () => {
    expect(left([reserves], 'CANCELLED', 'CONFIRMED')).toEqual(['CONFIRMED']);
    expect(left([reserves], 'CONFIRMED', 'CANCELLED')).toEqual(['CANCELLED']);
    expect(left([reserves, { ...buys, hold: 'h2' }, bobs], 'CANCELLED', 'CONFIRMED')).toEqual([]);
  });
});
