import { describe, expect, it } from 'vitest';
import { notValidIn, order, reservation, shopOf } from '../../test/judge/foreign-story.ts';
import { refused, SKU, said, unanswered } from '../../test/judge/story.ts';

/** Described shops whose books do not tell which call a row is of. What stays ambiguous counts for the shop. */

describe('a shop whose late checkouts take units again under another row, and tell no hold', () => {
  const held = said('reserve', 'ann', [0, 10]);
  const paid = said('confirm', 'ann', [20, 150], { order: 'o1' });
  const lapsed = reservation({ reservationId: '1', userId: 'ann', status: 'EXPIRED' });
  const taken = reservation({ reservationId: '2', userId: 'ann', status: 'CONFIRMED' });
  const rules = { total: 2, holdTtlMs: 50 };

  it('is right where the same buyer tried to buy in another way and was declined', () => {
    const calls = [
      said('attempt', 'ann', [0, 5], { status: 202 }),
      held,
      said('read', 'ann', [60, 70], { observed: { decision: 'FAILED' } }),
      paid,
    ];
    const orders = [order({ orderId: 'o1', reservationId: '2', userId: 'ann' })];
    const books = { orders, reservations: [lapsed, taken] };
    expect(notValidIn(shopOf(rules, calls, books))).toEqual({});
  });

  it('is right where an unanswered cancellation gave the units back', () => {
    const calls = [
      { ...held, callId: 'c1' },
      { ...paid, callId: 'c2' },
      unanswered('cancel', 'ann', 160, { order: 'o1' }),
      said('read', 'bob', [300, 310], { observed: { available: 2 } }),
    ];
    const reservations = [
      { ...lapsed, callId: 'c1' },
      { ...taken, callId: 'c2', status: 'CANCELLED' as const },
    ];
    expect(notValidIn(shopOf(rules, calls, { reservations }))).toEqual({});
  });
});

it('believes that a hold has ended that an unanswered checkout may have sold, whichever row is its own', () => {
  const calls = [
    said('reserve', 'ann', [0, 10], { hold: 'h1' }),
    unanswered('confirm', 'ann', 20, { hold: 'h1' }),
    refused('release', 'ann', [30, 40], { hold: 'h1', code: 'ended' }),
  ];
  const older = { userId: 'u7', createdAt: '2025-12-31T12:00:00.000000Z' };
  const rules = {
    skus: [{ skuId: SKU, total: 3, wasOnSale: true }],
    holdTtlMs: 1_000,
    refusals: { ended: 'hold-ended' as const },
  };
  const reservations = [
    reservation({ reservationId: '8', status: 'CONFIRMED', ...older }),
    reservation({ reservationId: '9', status: 'CONFIRMED', userId: 'u9' }),
  ];
  expect(notValidIn(shopOf(rules, calls, { reservations }))).toEqual({});
});

describe('a purchase that was refused half-way and left its hold to lapse', () => {
  const halfWay = (buyer: string, times: [number, number]) =>
    refused('buy', buyer, times, { code: 'rival' });
  const left = (userId: string) =>
    reservation({ reservationId: 'left', userId, quantity: 1, status: 'EXPIRED' });
  const rules = { holdTtlMs: 1_000, refusals: { held: 'has-hold', full: 'sold-out' } as const };

  it('is what its buyer is said to have, also if a later purchase got no answer', () => {
    const calls = [
      halfWay('ben', [0, 1]),
      refused('buy', 'ben', [5, 6], { code: 'held' }),
      unanswered('buy', 'ben', 7),
    ];
    const books = { orders: [], reservations: [left('ben')] };
    expect(notValidIn(shopOf({ ...rules, total: 2 }, calls, books))).toEqual({});
  });

  it('may be what others were refused for, also if a later purchase got no answer', () => {
    const calls = [
      halfWay('ann', [0, 1]),
      refused('buy', 'cid', [5, 6], { code: 'full' }),
      unanswered('buy', 'ann', 7),
    ];
    const books = { orders: [], reservations: [left('ann')] };
    const found = notValidIn(shopOf({ ...rules, total: 1, nobodyElseBuys: true }, calls, books));
    expect(found).not.toHaveProperty('no-false-sold-out');
  });

  it('is not of a stranger whose checkout of another hold got no answer', () => {
    const calls = [
      said('reserve', 'ben', [0, 10], { hold: 'h1' }),
      halfWay('ben', [20, 30]),
      unanswered('confirm', 'cid', 25, { hold: 'h1' }),
      said('release', 'ben', [26, 35], { hold: 'h1' }),
    ];
    const given = reservation({ reservationId: 'h1', userId: 'ben', status: 'CANCELLED' });
    const books = { orders: [], reservations: [{ ...given, quantity: 1 }, left('ben')] };
    expect(notValidIn(shopOf({ ...rules, total: 2 }, calls, books))).toEqual({});
  });
});
