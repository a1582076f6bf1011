import { describe, expect, it } from 'vitest';
import { notValidIn, order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import { type Call, refused, said, unanswered } from '../../../test/judge/story.ts';
import type { LedgerOrder } from '../../protocol/ledger.ts';
import { withUndoneSales } from './undone-sales.ts';

const calls = (cancel: Call): Call[] => [
  said('reserve', 'ann', [0, 10], { hold: 'h1' }),
  said('confirm', 'ann', [20, 30], { hold: 'h1', order: 'o1' }),
  cancel,
  said('reserve', 'bob', [60, 70], { hold: 'h2' }),
  said('confirm', 'bob', [80, 90], { hold: 'h2', order: 'o2' }),
];
const told = said('cancel', 'ann', [40, 50], { order: 'o1' });
const silent = unanswered('cancel', 'ann', 40, { order: 'o1' });

const one = { quantity: 1 };
/** Both holds are sold for ever, whatever becomes of their orders. */
const reservations = [
  reservation({ ...one, reservationId: 'h1', userId: 'ann', status: 'CONFIRMED' }),
  reservation({ ...one, reservationId: 'h2', userId: 'bob', status: 'CONFIRMED' }),
];
const first = order({ ...one, orderId: 'o1', reservationId: 'h1', userId: 'ann' });
const second = order({ ...one, orderId: 'o2', reservationId: 'h2', userId: 'bob' });
const cancelled = { ...first, status: 'CANCELLED' as const };

describe('a shop whose rows of holds stay sold when the order is cancelled', () => {
  const judged = (cancel: Call, orders = [cancelled, second]) =>
    notValidIn(shopOf({ total: 1 }, calls(cancel), { reservations, orders }));

  it('may sell the unit again, by orders that are marked', () => {
    expect(judged(told)).toEqual({});
    expect(judged(silent)).toEqual({});
    const lapsed = reservation({ ...one, reservationId: 'h0', userId: 'cid', status: 'EXPIRED' });
    const never = said('reserve', 'cid', [-20, -10], { hold: 'h0' });
    const rows = { reservations: [lapsed, ...reservations], orders: [cancelled, second] };
    expect(notValidIn(shopOf({ total: 1 }, [never, ...calls(told)], rows))).toEqual({});
    const nameless = [cancelled, second].map((row) => ({ ...row, reservationId: null }));
    expect(judged(told, nameless)).toEqual({});
  });

  it('may sell the unit again, by orders that are deleted, and without any', () => {
    expect(judged(told, [second])).toEqual({});
    expect(notValidIn(shopOf({ total: 1 }, calls(told), { reservations }))).toEqual({});
  });

  it('is caught selling the unit again while the first order stands', () => {
    expect(judged(silent, [first, second])).toHaveProperty('never-oversold');
    expect(judged(told, [first, second])).toHaveProperty('never-oversold');
    const again = { ...first, orderId: 'o3' };
    expect(judged(silent, [cancelled, again, second])).toHaveProperty('never-oversold');
  });

  it('has undone no sale of another hold of that buyer, and none of a hold that has an order left', () => {
    const both = [
      ...calls(told),
      said('reserve', 'ann', [10, 15], { hold: 'h3' }),
      refused('confirm', 'ann', [32, 34], { hold: 'h3', code: 'PAYMENT_DECLINED' }),
      said('confirm', 'ann', [35, 38], { hold: 'h3', order: 'o3' }),
    ];
    const holds = ['h1', 'h2', 'h3'].map((reservationId) =>
      reservation({ ...one, reservationId, status: 'CONFIRMED' }),
    );
    const states = (...orders: LedgerOrder[]) => {
      const { operations } = shopOf({ total: 3 }, both);
      return withUndoneSales(holds, operations, orders).map(({ status }) => status);
    };
    expect(states()).toEqual(['CANCELLED', 'CONFIRMED', 'CONFIRMED']);
    expect(states(cancelled)).toEqual(['CANCELLED', 'CONFIRMED', 'CONFIRMED']);
    expect(states(cancelled, { ...first, orderId: 'o4' })[0]).toBe('CONFIRMED');
  });

  it('is caught with units on sale that nobody gave back', () => {
    const evidence = shopOf({ total: 1 }, calls(told).slice(0, 3), {
      ...{ reservations: reservations.slice(0, 1), orders: [cancelled] },
      stock: { available: 0 },
    });
    expect(notValidIn(evidence)).toHaveProperty('no-stranded-stock');
  });
});
