import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf, wrongIn } from '../../test/judge/foreign-story.ts';
import { refused, SKU, said, unanswered } from '../../test/judge/story.ts';
import { emptyLedger } from '../history/ledger-snapshot.ts';
import type { LedgerPayment } from '../protocol/ledger.ts';
import type { Evidence } from './evidence.ts';

describe('calls without an answer', () => {
  it('do not tell the units of a row that may be of another one', () => {
    const calls = [
      unanswered('buy', 'ann', 10, { quantity: 2 }),
      unanswered('buy', 'ann', 30, { quantity: 1 }),
    ];
    const skus = [{ skuId: SKU, total: 9, unitPrice: '12.49' }];
    const bought = (totalPrice: string): Evidence => {
      const orders = [order({ orderId: 'o1', userId: 'ann', totalPrice })];
      const evidence = shopOf({ unitsPerBuyerMax: 2, skus }, calls, { orders });
      const payment: LedgerPayment = {
        ...{ row: 'payment', transactionId: 'p1', skuId: SKU, userId: 'ann' },
        ...{ orderId: 'o1', amount: totalPrice, status: 'CHARGED' },
      };
      return {
        ...evidence,
        sale: {
          ...evidence.sale,
          evidence: { ...evidence.sale.evidence, ledger: ['order', 'payment'] },
        },
        ledger: { ...emptyLedger(), orders, payments: [payment] },
      };
    };
    expect(wrongIn(bought('12.49'))).toEqual({});
    expect(wrongIn(bought('24.98'))).toEqual({});
  });

  it('are attempts of which the order says which one succeeded', () => {
    const calls = [
      unanswered('attempt', 'ann', 0, { callId: 'c1' }),
      unanswered('attempt', 'ann', 20, { callId: 'c2' }),
      said('read', 'ann', [30, 40], { observed: { decision: 'SUCCESS' } }),
    ];
    const orders = (callId: string) => ({
      orders: [order({ orderId: 'o1', userId: 'ann', quantity: 1, callId })],
    });
    expect(wrongIn(shopOf({ total: 2 }, calls, orders('c2')))).toEqual({});
    expect(wrongIn(shopOf({ total: 2 }, calls, orders('c9')))).toHaveProperty(
      'no-lost-acknowledged',
    );
  });

  it('may be late checkouts that name no hold, and took the units of their buyer again', () => {
    const wish = { sku: undefined, idempotencyKey: 'w2' };
    const calls = [
      unanswered('reserve', 'ann', 0, { idempotencyKey: 'w1', callId: 'c1' }),
      said('reserve', 'ann', [1, 10], { idempotencyKey: 'w1', callId: 'c2' }),
      unanswered('confirm', 'ann', 20, { ...wish, callId: 'c3' }),
      unanswered('confirm', 'ann', 25, { ...wish, callId: 'c4' }),
      refused('confirm', 'ann', [30, 40], { ...wish, callId: 'c5', code: 'refused' }),
    ];
    const held = { userId: 'ann', quantity: 1 };
    const rows = (callId: string) => ({
      reservations: [
        reservation({ ...held, reservationId: 'h2', status: 'CONFIRMED', callId }),
        reservation({ ...held, reservationId: 'h1', status: 'EXPIRED', callId: 'c2' }),
      ],
    });
    const facts = { total: 3, unitsPerBuyerMax: 2, holdTtlMs: 5 };
    expect(wrongIn(shopOf(facts, calls, rows('c4')))).toEqual({});
    expect(wrongIn(shopOf(facts, calls, rows('c9')))).toHaveProperty('no-phantom');
  });

  it('that name no SKU take the rows that others leave', () => {
    const OTHER = 'CUP';
    const calls = [
      said('reserve', 'ann', [0, 10]),
      said('reserve', 'bob', [0, 10], { sku: OTHER }),
      unanswered('confirm', 'ann', 20, { sku: undefined }),
      unanswered('confirm', 'bob', 21, { sku: OTHER }),
    ];
    const skus = [SKU, OTHER].map((skuId) => ({ skuId, total: 2 }));
    const orders = [order({ skuId: OTHER, quantity: 1 }), order({ quantity: 1 })];
    expect(wrongIn(shopOf({ skus }, calls, { orders }))).toEqual({});
    expect(wrongIn(shopOf({ skus }, calls, { orders: [...orders, order({})] }))).toHaveProperty(
      'no-phantom',
    );
  });
});

describe('rows with other names for everything than the answers have', () => {
  it('may be of an order that its buyer cancelled without naming it', () => {
    const bought = [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      said('confirm', 'ann', [20, 30], { hold: 'h1' }),
    ];
    const orders = [order({ orderId: '1', reservationId: '1', userId: 'u1', status: 'CANCELLED' })];
    const cancel = (buyer: string) => said('cancel', buyer, [40, 50]);
    expect(wrongIn(shopOf({}, [...bought, cancel('ann')], { orders }))).toEqual({});
    expect(wrongIn(shopOf({}, [...bought, cancel('bob')], { orders }))).toHaveProperty(
      'no-lost-acknowledged',
    );
  });

  it('show an order for what another buyer reserved, whether that was bought or not', () => {
    const calls = (told?: string) => [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      said('reserve', 'bob', [0, 10], { hold: 'h2' }),
      said('confirm', 'bob', [20, 30], { hold: 'h2', order: told }),
    ];
    const held = (reservationId: string, userId: string, status: 'RESERVED' | 'CONFIRMED') =>
      reservation({ reservationId, userId, quantity: 1, status });
    const judged = (told: string | undefined, hold: string) =>
      wrongIn(
        shopOf({ total: 2 }, calls(told), {
          reservations: [
            held('1', 'ann', hold === '1' ? 'CONFIRMED' : 'RESERVED'),
            held('2', 'bob', hold === '1' ? 'RESERVED' : 'CONFIRMED'),
          ],
          orders: [order({ orderId: '7', reservationId: hold, userId: 'bob', quantity: 1 })],
        }),
      );
    for (const told of ['7', 'o1', undefined]) {
      expect(judged(told, '2')).toEqual({});
      expect(judged(told, '1').ownership).toContain('its reservation h1 is of buyer ann');
    }
  });

  it('do not tell which of two like orders was cancelled', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      said('confirm', 'ann', [20, 30], { hold: 'h1', order: 'o1' }),
      said('cancel', 'ann', [40, 50], { order: 'o1' }),
      refused('cancel', 'ann', [40, 55], { order: 'o1', code: 'ORDER_NOT_CANCELLABLE' }),
      said('attempt', 'bob', [60, 70]),
    ];
    const held = (name: string) => reservation({ reservationId: name, userId: name, quantity: 1 });
    const sold = (name: string) =>
      order({ orderId: name, reservationId: name, userId: name, quantity: 1 });
    const rows = {
      reservations: [
        { ...held('2'), status: 'CONFIRMED' as const },
        { ...held('1'), status: 'CANCELLED' as const },
      ],
      orders: [sold('2'), { ...sold('1'), status: 'CANCELLED' as const }],
    };
    expect(wrongIn(shopOf({ total: 2 }, calls, rows))).toEqual({});
  });

  it('go to a checkout of as many units, though the reservation does not tell how many it has', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h1', quantity: 2 }),
      said('confirm', 'ann', [20, 30], { hold: 'h1' }),
      said('attempt', 'bob', [40, 50]),
    ];
    const reservations = ['2', '1'].map((name) =>
      reservation({ reservationId: name, status: 'CONFIRMED' }),
    );
    const orders = [
      order({ orderId: '2', reservationId: '2', quantity: 1 }),
      order({ orderId: '1', reservationId: '1', quantity: 2 }),
    ];
    const facts = { total: 3, unitsPerBuyerMax: 2 };
    expect(wrongIn(shopOf(facts, calls, { reservations, orders }))).toEqual({});
    const tooMany = [...orders, order({ orderId: '3', reservationId: '3', quantity: 1 })];
    expect(wrongIn(shopOf(facts, calls, { reservations, orders: tooMany }))).toHaveProperty(
      'no-phantom',
    );
  });

  it('go to a checkout if they stand, and not because a guess of their hold is its own', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      said('confirm', 'ann', [20, 30], { hold: 'h1', order: 'o1' }),
      said('reserve', 'bob', [60, 70], { hold: 'h2' }),
      refused('confirm', 'bob', [80, 95], { hold: 'h2', code: 'RESERVATION_NOT_ACTIVE' }),
      said('release', 'bob', [81, 90], { hold: 'h2' }),
    ];
    const row = (name: string, status: 'CANCELLED' | 'CONFIRMED') =>
      reservation({ reservationId: name, userId: name, quantity: 1, status });
    const sold = (name: string, status: 'FAILED' | 'CONFIRMED') =>
      order({ orderId: name, reservationId: name, userId: name, quantity: 1, status });
    const rows = {
      reservations: [row('2', 'CANCELLED'), row('1', 'CONFIRMED')],
      orders: [sold('2', 'FAILED'), sold('1', 'CONFIRMED')],
    };
    expect(wrongIn(shopOf({ total: 2 }, calls, rows))).toEqual({});
  });

  it('do not give a buyer a second hold because an order names the first one otherwise', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      said('confirm', 'ann', [20, 30], { hold: 'h1', order: 'o1' }),
      unanswered('reserve', 'bob', 60),
    ];
    const row = (name: string, status: 'EXPIRED' | 'CONFIRMED') =>
      reservation({ reservationId: name, userId: name, quantity: 1, status });
    const rows = {
      reservations: [row('2', 'EXPIRED'), row('1', 'CONFIRMED')],
      orders: [order({ orderId: 'o1', reservationId: '1', userId: '1', quantity: 1 })],
    };
    const older = { skus: [{ skuId: SKU, total: 2, wasOnSale: true }], nobodyElseBuys: false };
    expect(wrongIn(shopOf(older, calls, rows))).toEqual({});
  });

  it('go to the checkout that was answered yes before one without an answer', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      unanswered('confirm', 'ann', 20, { hold: 'h1', sku: undefined }),
      said('reserve', 'bob', [2_000, 2_010], { hold: 'h2' }),
      said('confirm', 'bob', [2_020, 2_030], { hold: 'h2', order: 'o2' }),
    ];
    const rows = {
      reservations: [
        reservation({ reservationId: '2', userId: 'u2', quantity: 1, status: 'CONFIRMED' }),
        reservation({ reservationId: '1', userId: 'u1', quantity: 1, status: 'EXPIRED' }),
      ],
      orders: [order({ orderId: '2', reservationId: '2', userId: 'u2', quantity: 1 })],
    };
    expect(wrongIn(shopOf({ holdTtlMs: 1_000 }, calls, rows))).toEqual({});
  });
});

it('leaves a row to the buyer of whom others know nothing, whoever named its hold in vain', () => {
  const calls = [
    said('reserve', 'ann', [0, 10], { hold: 'h1', callId: 'c1' }),
    unanswered('confirm', 'eve', 40, { hold: 'h2', sku: undefined, callId: 'c2' }),
  ];
  const bobs = { reservationId: 'h2', userId: 'bob', quantity: 1 };
  const rows = (callId: string | null) => ({
    reservations: [
      reservation({ reservationId: 'h1', userId: 'ann', quantity: 1, callId: 'c1' }),
      reservation({ ...bobs, status: 'CONFIRMED', callId: 'c3' }),
    ],
    orders: [order({ ...bobs, orderId: 'o2', callId })],
  });
  const facts = { total: 2, nobodyElseBuys: false };
  expect(wrongIn(shopOf(facts, calls, rows('c4')))).toEqual({});
  expect(wrongIn(shopOf(facts, calls, rows(null)))).toEqual({});
});

it('knows a hold that a registration left which was refused, and another one bought', () => {
  const calls = (answer: typeof said | typeof refused) => [
    answer('register', 'ann', [0, 10], { callId: 'c1' }),
    refused('register', 'ann', [1, 9], { callId: 'c2', code: 'ALREADY_REGISTERED' }),
  ];
  const held = { userId: 'ann', quantity: 1, status: 'CONFIRMED' as const, callId: 'c2' };
  const reservations = [reservation({ ...held, reservationId: '1' })];
  expect(wrongIn(shopOf({}, calls(said), { reservations }))).toEqual({});
  expect(wrongIn(shopOf({}, calls(refused), { reservations }))).toHaveProperty('no-phantom');
});
