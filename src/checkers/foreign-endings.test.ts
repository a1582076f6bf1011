import { describe, expect, it } from 'vitest';
import {
  notValidIn,
  order,
  readingAt,
  reservation,
  shopOf,
  wrongIn,
} from '../../test/judge/foreign-story.ts';
import { type Call, refused, SKU, said, unanswered } from '../../test/judge/story.ts';
import { emptyLedger } from '../history/ledger-snapshot.ts';
import type { LedgerPayment, LedgerVoucher } from '../protocol/ledger.ts';

type Rest = Parameters<typeof shopOf> extends [unknown, unknown, ...infer Others] ? Others : never;

describe('a wish to give back what was given back before', () => {
  const held = said('reserve', 'ann', [0, 5], { hold: 'h1' });
  const release = (atMs: number) => said('release', 'ann', [atMs, atMs + 5], { hold: 'h1' });
  const bought = said('confirm', 'ann', [6, 9], { hold: 'h1', order: 'o1' });
  const cancel = (atMs: number) => said('cancel', 'ann', [atMs, atMs + 5], { order: 'o1' });

  it('may be granted, and has no effect', () => {
    expect(wrongIn(shopOf({ total: 1 }, [held, release(10), release(20)]))).toEqual({});
    expect(wrongIn(shopOf({ total: 1 }, [held, bought, cancel(10), cancel(20)]))).toEqual({});
  });

  it('may not put units on sale that there are not', () => {
    const others = ['bob', 'cid'].map((buyer) =>
      said('reserve', buyer, [30, 35], { hold: `of ${buyer}` }),
    );
    const facts = { total: 1, holdTtlMs: 1_000 };
    const judged = wrongIn(shopOf(facts, [held, release(10), release(20), ...others]));
    expect(judged).toHaveProperty('never-oversold');
  });

  it('may not be granted after a purchase', () => {
    expect(wrongIn(shopOf({ total: 1 }, [held, bought, release(20)]))).toHaveProperty(
      'legal-transitions',
    );
  });
});

describe('a checkout so late that it takes the units again', () => {
  const facts = { total: 1, holdTtlMs: 10 };
  const held = said('reserve', 'ann', [0, 5], { hold: 'h1' });
  const late: Partial<Call> = { hold: 'h1', newHold: 'h2', order: 'o1' };

  it('is no phantom among reservations that do not say whose they are', () => {
    const calls = [
      said('attempt', 'bob', [0, 5]),
      held,
      unanswered('confirm', 'ann', 8, { hold: 'h1' }),
    ];
    const states = (...statuses: ('CONFIRMED' | 'EXPIRED' | 'RESERVED')[]) => ({
      reservations: statuses.map((status) => reservation({ quantity: 1, status })),
    });
    const judged = (...statuses: Parameters<typeof states>) =>
      wrongIn(shopOf({ ...facts, total: 2 }, calls, states(...statuses)));
    expect(judged('CONFIRMED', 'EXPIRED', 'CONFIRMED')).toEqual({});
    expect(judged('CONFIRMED', 'EXPIRED', 'CONFIRMED', 'CONFIRMED')).toHaveProperty('no-phantom');
  });

  it('may have sold them without an answer, as its order tells', () => {
    const read = (soldUnits: number) =>
      said('read', 'bob', [90, 95], { observed: { sold: soldUnits } });
    const lost = unanswered('confirm', 'ann', 8, { hold: 'h1', sku: undefined });
    const orders = [
      order({ orderId: 'o1', reservationId: 'h2', userId: 'ann', quantity: 1 }),
      order({ orderId: 'o2', reservationId: 'h3', userId: 'bob', quantity: 1 }),
    ];
    const bobs = [
      said('reserve', 'bob', [0, 5], { hold: 'h3' }),
      said('confirm', 'bob', [6, 9], { hold: 'h3' }),
    ];
    const judged = (soldUnits: number) =>
      wrongIn(shopOf({ ...facts, total: 3 }, [held, lost, ...bobs, read(soldUnits)], { orders }));
    expect(judged(2)).toEqual({});
    expect(judged(3)).toHaveProperty('monotonic-reads');
  });

  it('has a hold of its own, though the rows of reservations do not say whose they are', () => {
    const calls = [
      held,
      said('confirm', 'ann', [8, 30], late),
      said('cancel', 'ann', [40, 50], { hold: 'h2' }),
      said('reserve', 'bob', [60, 70], { hold: 'h3' }),
      said('confirm', 'bob', [71, 90], { hold: 'h3', newHold: 'h4', order: 'o2' }),
    ];
    const reservations = (['EXPIRED', 'CANCELLED', 'EXPIRED', 'CONFIRMED'] as const).map((status) =>
      reservation({ quantity: 1, status }),
    );
    expect(wrongIn(shopOf(facts, calls, { reservations }))).toEqual({});
    const kept = calls.filter(({ kind }) => kind !== 'cancel');
    expect(wrongIn(shopOf(facts, kept, { reservations }))).toHaveProperty('never-oversold');
  });

  it('need not say that it has, if its order is that of another hold', () => {
    const calls = [
      held,
      said('reserve', 'bob', [20, 25], { hold: 'h3' }),
      said('confirm', 'ann', [40, 50], { hold: 'h1', order: 'o1' }),
    ];
    const rows = (ofOrder: string) => ({
      orders: [order({ orderId: 'o1', reservationId: ofOrder, userId: 'ann', quantity: 1 })],
      reservations: [
        reservation({ reservationId: 'h1', userId: 'ann', quantity: 1, status: 'EXPIRED' }),
        reservation({ reservationId: 'h2', userId: 'ann', quantity: 1, status: 'CONFIRMED' }),
        reservation({ reservationId: 'h3', userId: 'bob', quantity: 1 }),
      ],
    });
    const judged = (ofOrder: string) =>
      wrongIn(shopOf({ ...facts, total: 2 }, calls, rows(ofOrder)));
    expect(judged('h2')).toEqual({});
    expect(judged('h1')).toHaveProperty('legal-transitions');
  });

  it('may be the sale of the hold itself until it is swept, where the shop says so', () => {
    const calls = [held, said('confirm', 'ann', [40, 50], { hold: 'h1', order: 'o1' })];
    const rows = {
      orders: [order({ orderId: 'o1', reservationId: 'h1', userId: 'ann', quantity: 1 })],
      reservations: [
        reservation({ reservationId: 'h1', userId: 'ann', quantity: 1, status: 'CONFIRMED' }),
      ],
    };
    const bob = said('buy', 'bob', [12, 20], { order: 'o2' });
    const judged = (sweepGraceMs: number, ...more: Call[]) =>
      notValidIn(
        shopOf({ ...facts, sweepGraceMs, soldUntilSwept: true }, [...calls, ...more], rows),
      );
    expect(judged(100)).toEqual({});
    expect(judged(10)).toHaveProperty('legal-transitions');
    expect(judged(100, bob)).toHaveProperty('never-oversold');
  });

  it('need not say that it has: nobody can see then if units were taken, until a row tells', () => {
    const calls = [held, said('confirm', 'ann', [40, 50], { hold: 'h1', order: 'o1' })];
    const judged = (...rows: Rest) => notValidIn(shopOf(facts, calls, ...rows));
    const unknown = {
      'legal-transitions':
        'unknown: 1 hold may have been sold too late: reservation h1 was bought after it had lapsed (it lives 10 ms), and nobody can see if the shop took the units again for it',
    };
    const orders = [order({ orderId: 'o1', reservationId: 'h1', userId: 'ann', quantity: 1 })];
    const row = (reservationId: string, status: 'EXPIRED' | 'CONFIRMED') =>
      reservation({ reservationId, userId: 'ann', quantity: 1, status });
    expect(judged()).toEqual(unknown);
    expect(judged({ orders })).toEqual(unknown);
    expect(judged({ reservations: [row('h1', 'EXPIRED'), row('h2', 'CONFIRMED')] })).toEqual({});
    expect(judged({ reservations: [row('h1', 'CONFIRMED')] })['legal-transitions']).toContain(
      'invalid: 1 hold took a way a hold cannot take: reservation h1 was bought after it had lapsed',
    );
    for (const others of [
      [],
      [row('h2', 'EXPIRED')],
      [{ ...row('h2', 'CONFIRMED'), userId: 'bob' }],
    ]) {
      expect(judged({ reservations: [row('h1', 'EXPIRED'), ...others] })).toHaveProperty(
        'no-lost-acknowledged',
      );
    }
    const again = said('buy', 'ann', [60, 70], { hold: 'h2' });
    const told = shopOf({ ...facts, total: 2 }, [...calls, again], {
      reservations: [row('h1', 'EXPIRED'), row('h2', 'CONFIRMED')],
    });
    expect(notValidIn(told)).toHaveProperty('no-lost-acknowledged');
    const nameless = row('h1', 'CONFIRMED');
    expect(judged({ reservations: [{ ...nameless, status: null }] })).toEqual(unknown);
    const own = shopOf({ ...facts, shop: undefined }, calls);
    expect(wrongIn(own)).toHaveProperty('legal-transitions');
  });

  it('has them from its answer on, and not for the time before it', () => {
    const silent = said('confirm', 'ann', [40, 50], { hold: 'h1', order: 'o1' });
    const bobs = said('buy', 'bob', [20, 25], { order: 'o2' });
    const judged = (...calls: Call[]) => wrongIn(shopOf(facts, [held, ...calls, silent]));
    expect(judged(bobs)).toHaveProperty('never-oversold');
    expect(judged(bobs, said('cancel', 'bob', [30, 35], { order: 'o2' }))).toEqual({});
  });

  it('says nothing of how its hold ended', () => {
    const silent = said('confirm', 'ann', [40, 50], { hold: 'h1', order: 'o1' });
    const refusals = { lapsed: 'hold-lapsed', ended: 'hold-ended' } as const;
    const told = (code: string, times: [number, number]) =>
      refused('confirm', 'ann', times, { hold: 'h1', code });
    const judged = (...calls: Call[]) => wrongIn(shopOf({ ...facts, refusals }, [held, ...calls]));
    for (const code of ['lapsed', 'ended']) {
      expect(judged(told(code, [20, 30]), silent)).toEqual({});
      expect(judged(told(code, [6, 9]), silent)).toHaveProperty('no-false-refusal');
    }
    expect(judged(silent, told('lapsed', [60, 70]))).toEqual({});
    const inTime = said('confirm', 'ann', [6, 9], { hold: 'h1', order: 'o1' });
    expect(judged(inTime, told('lapsed', [60, 70]))).toHaveProperty('no-false-refusal');
  });

  it('may have sold them without an answer, though another call may have left the row', () => {
    const read = said('read', 'bob', [46, 49], { observed: { sold: 1 } });
    const lost = [
      unanswered('confirm', 'ann', 8, { hold: 'h1' }),
      unanswered('reserve', 'ann', 43),
    ];
    const rows = (second: Parameters<typeof reservation>[0]) => ({
      reservations: [
        reservation({ reservationId: 'h2', userId: 'ann', quantity: 1, ...second }),
        reservation({ reservationId: 'h1', userId: 'ann', quantity: 1, status: 'EXPIRED' }),
      ],
    });
    const judged = (status: 'CONFIRMED' | 'EXPIRED') =>
      wrongIn(shopOf(facts, [held, ...lost, read], rows({ status })));
    expect(judged('CONFIRMED')).toEqual({});
    expect(judged('EXPIRED')).toHaveProperty('monotonic-reads');
  });

  it('has a hold of its own to cancel, though the rows of reservations have no ids', () => {
    const calls = [
      { ...held, callId: 'c1' },
      said('confirm', 'ann', [8, 30], { ...late, callId: 'c2' }),
      said('cancel', 'ann', [40, 50], { hold: 'h2' }),
      said('reserve', 'bob', [60, 62], { hold: 'h3', callId: 'c3' }),
    ];
    const row = (callId: string, status: 'EXPIRED' | 'CANCELLED' | 'RESERVED' | 'CONFIRMED') =>
      reservation({ userId: callId === 'c3' ? 'bob' : 'ann', quantity: 1, status, callId });
    const judged = (told: Call[], second: 'CANCELLED' | 'CONFIRMED') =>
      wrongIn(
        shopOf(facts, told, {
          reservations: [row('c2', second), row('c1', 'EXPIRED'), row('c3', 'RESERVED')],
        }),
      );
    expect(judged(calls, 'CANCELLED')).toEqual({});
    const kept = calls.filter(({ kind }) => kind !== 'cancel');
    expect(judged(kept, 'CONFIRMED')).toHaveProperty('never-oversold');
  });
});

it('does not guess the units of an order that one of two calls without an answer made', () => {
  const calls = [
    unanswered('buy', 'ann', 0, { quantity: 1 }),
    unanswered('buy', 'bob', 1, { quantity: 2 }),
  ];
  const judged = (sold: number) =>
    wrongIn(
      shopOf({ total: 2, unitsPerBuyerMax: 2 }, calls, { orders: [order({})], stock: { sold } }),
    );
  expect(judged(1)).toEqual({});
  expect(judged(2)).toEqual({});
  expect(judged(3)).toHaveProperty('conservation');
});

describe('a shop that deletes the orders that are cancelled', () => {
  const bought = (order: string, [fromMs, toMs]: [number, number], more: Partial<Call> = {}) =>
    said('buy', 'ann', [fromMs, toMs], { order, ...more });
  const cancelled = said('cancel', 'ann', [20, 30], { order: 'o1' });
  const rules = { total: 2, unitsPerBuyerMax: 2 };

  it('keeps the other order of a buyer who cancelled one', () => {
    const calls = [bought('o1', [0, 10]), cancelled, bought('o2', [40, 50])];
    const rows = (...ids: string[]) => ({
      orders: ids.map((orderId) => order({ orderId, userId: 'ann', quantity: 1 })),
    });
    expect(wrongIn(shopOf(rules, calls, rows('2')))).toEqual({});
    expect(wrongIn(shopOf(rules, calls, rows()))).toHaveProperty('no-lost-acknowledged');
    expect(wrongIn(shopOf(rules, calls, rows('1', '2', '3')))).toHaveProperty('no-phantom');
  });

  it('has sold what a call without an answer left as the only order', () => {
    const calls = [
      bought('o1', [0, 10]),
      cancelled,
      unanswered('buy', 'bob', 40),
      said('read', 'cid', [45, 50], { observed: { available: 0, sold: 1 } }),
    ];
    const read = (orders: ReturnType<typeof order>[]) =>
      wrongIn(shopOf({ total: 1 }, calls, { orders }));
    expect(read([order({ orderId: 'o2', quantity: 1 })])).toEqual({});
    expect(read([])).toHaveProperty('monotonic-reads');
  });

  it('gives no row of older days to the buyer whose own is gone', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      said('confirm', 'ann', [20, 30], { hold: 'h1', order: 'o1' }),
      said('cancel', 'ann', [40, 50], { hold: 'h1', order: 'o1' }),
    ];
    const older = { skus: [{ skuId: SKU, total: 1, wasOnSale: true }], nobodyElseBuys: false };
    const orders = [order({ orderId: 'x1', userId: 'xen', quantity: 1, totalPrice: '3.00' })];
    const evidence = shopOf(older, calls, { orders });
    const payments: LedgerPayment[] = [
      {
        ...{ row: 'payment', transactionId: 'p1', skuId: SKU, userId: 'ann' },
        ...{ orderId: 'o1', amount: '12.49', status: 'REFUNDED' },
      },
    ];
    const promised = { ...evidence.sale.evidence, ledger: ['order', 'payment'] as const };
    expect(
      wrongIn({
        ...evidence,
        sale: { ...evidence.sale, evidence: { ...promised, ledger: [...promised.ledger] } },
        ledger: { ...emptyLedger(), orders, payments },
      }),
    ).toEqual({});
  });

  it('may have deleted an order whose cancellation got no answer, and has the other one', () => {
    const calls = [bought('o1', [0, 10]), unanswered('cancel', 'ann', 20, { order: 'o1' })];
    const rows = (...ids: string[]) => ({
      orders: ids.map((orderId) => order({ orderId, userId: 'ann', quantity: 1 })),
    });
    expect(wrongIn(shopOf(rules, calls, rows()))).toEqual({});
    const others = [calls[0] as Call, unanswered('cancel', 'eve', 20, { order: 'o1' })];
    expect(wrongIn(shopOf(rules, others, rows()))).toHaveProperty('no-lost-acknowledged');
  });
});

it('has vouchers with other names for orders than the answers have', () => {
  const told = said('register', 'ann', [0, 10], { hold: 'h1', order: 'o1', voucher: 'V1' });
  const voucher = (orderId: string): LedgerVoucher => ({
    ...{ row: 'voucher', voucherId: 'v1', code: 'V1', campaignId: SKU, skuId: SKU },
    ...{ userId: 'ann', orderId, issuedAt: null, usedAt: null, usedByCallId: null },
  });
  const judged = (orderId: string | null, ofVoucher: string) => {
    const orders = ['ann', 'bob'].map((userId) =>
      order({
        ...{ userId, quantity: 1, reservationId: userId === 'ann' ? 'h1' : 'h2' },
        orderId: orderId && (userId === 'ann' ? orderId : 'o2'),
      }),
    );
    const evidence = shopOf({ total: 2 }, [told, said('register', 'bob', [0, 10])], { orders });
    const { sale } = evidence;
    return wrongIn({
      ...evidence,
      sale: { ...sale, evidence: { ...sale.evidence, ledger: ['order', 'voucher'] } },
      ledger: { ...emptyLedger(), orders, vouchers: [voucher(ofVoucher)] },
    });
  };
  expect(judged(null, '17')).toEqual({});
  expect(judged('o1', 'o1')).not.toHaveProperty('no-lost-acknowledged');
  expect(judged('o1', 'o2')).toHaveProperty('no-lost-acknowledged');
});

it('leaves a checkout without an answer its sale, where orders say neither whose they are nor for which hold', () => {
  const reserved = ['ann', 'bob'].map((buyer) =>
    said('reserve', buyer, [0, 10], { hold: `h-${buyer}` }),
  );
  const calls = [
    ...reserved,
    said('confirm', 'ann', [20, 30], { hold: 'h-ann' }),
    unanswered('confirm', 'eve', 22, { hold: 'h-ann', sku: undefined }),
    unanswered('confirm', 'bob', 25, { hold: 'h-bob' }),
    said('read', 'cid', [2_000, 2_010], { observed: { available: 0, sold: 2 } }),
  ];
  const judged = (orders: number) =>
    wrongIn(
      shopOf({ total: 2, nobodyElseBuys: true, holdTtlMs: 1_000 }, calls, {
        orders: Array.from({ length: orders }, () => order({ quantity: 1 })),
      }),
    );
  expect(judged(2)).toEqual({});
  expect(judged(1)).toHaveProperty('monotonic-reads');
});

it('asks for no row of an order that is still to be paid, where all rows may be of others', () => {
  const calls = [
    said('reserve', 'ann', [0, 10]),
    unanswered('confirm', 'ann', 20, { order: 'o1' }),
    said('cancel', 'ann', [40, 50], { order: 'o1' }),
  ];
  const orders = [order({ orderId: '1', userId: 'ann', quantity: 1, status: 'CANCELLED' })];
  const older = { skus: [{ skuId: SKU, total: 1, wasOnSale: true }], nobodyElseBuys: false };
  expect(wrongIn(shopOf(older, calls, { orders }))).toEqual({});
  const bought = calls.map((call) =>
    call.kind === 'confirm' ? said('confirm', 'ann', [20, 30], { order: 'o1' }) : call,
  );
  const kept = [order({ orderId: '1', userId: 'ann', quantity: 1 })];
  expect(wrongIn(shopOf({}, bought, { orders: kept }))).toHaveProperty('no-lost-acknowledged');
});

it('finds the order of a wish of which one answer told that it is still to be paid', () => {
  const key = { idempotencyKey: 'k1', hold: 'h1' };
  const calls = [
    said('reserve', 'ann', [0, 10], { hold: 'h1' }),
    unanswered('confirm', 'ann', 20, key),
    unanswered('confirm', 'ann', 22, { ...key, order: 'o1' }),
    said('cancel', 'ann', [40, 50], { hold: 'h1', order: 'o1' }),
  ];
  const row = { reservationId: 'h1', userId: 'ann', quantity: 1 };
  const judged = (status: 'CANCELLED' | 'CONFIRMED') =>
    wrongIn(shopOf({}, calls, { orders: [order({ ...row, status })] }));
  expect(judged('CANCELLED')).toEqual({});
  expect(judged('CONFIRMED')).toHaveProperty('no-lost-acknowledged');
});

it('leaves open what a checkout without an answer sold, where no row tells whose it is', () => {
  const calls = [
    unanswered('attempt', 'cid', 0),
    said('reserve', 'ann', [300, 310], { hold: 'h1' }),
    unanswered('confirm', 'ann', 350, { hold: 'h1' }),
    refused('release', 'ann', [345, 360], { hold: 'h1', code: 'ended' }),
  ];
  const facts = { total: 3, holdTtlMs: 100, refusals: { ended: 'hold-ended' } as const };
  const bare = { status: null, quantity: 1 };
  const judged = (...more: Call[]) =>
    wrongIn(
      shopOf(facts, [...calls.filter(({ kind }) => kind !== 'confirm'), ...more], {
        reservations: [reservation(bare), reservation(bare)],
      }),
    );
  expect(judged(...calls.filter(({ kind }) => kind === 'confirm'))).toEqual({});
  expect(judged()).toHaveProperty('no-false-refusal');
});

describe('a call that does not tell what it gives back', () => {
  const held = (buyer: string | undefined, fromMs: number, hold?: string) =>
    said('reserve', '', [fromMs, fromMs + 5], { buyer, hold });
  const back = (buyer: string | undefined, facts: Partial<Call> = {}) =>
    said('release', '', [20, 25], { buyer, ...facts });
  const others = [40, 50].map((fromMs) => held('bob', fromMs, `h${fromMs}`));
  const judged = (...calls: Call[]) =>
    wrongIn(shopOf({ total: 2, holdTtlMs: 1_000, unitsPerBuyerMax: 2 }, calls));

  it('may be about a hold of which no answer told the name', () => {
    const calls = [held('ann', 0), held('ann', 10)];
    const [other] = others as [Call];
    expect(judged(...calls, back('ann', { hold: 'x' }), other)).toEqual({});
    expect(
      judged(held('ann', 0, 'h1'), calls[1] as Call, back('ann', { hold: 'h1' }), other),
    ).toEqual({});
    const named = [held('ann', 0, 'h1'), held('ann', 10, 'h2')];
    expect(judged(...named, back('ann', { hold: 'x' }), other)).toHaveProperty('never-oversold');
  });

  it('may be about anybody’s, if it does not tell whose it is, and then surely ended none', () => {
    const calls = [held('ann', 0, 'h1'), held('cid', 10, 'h2')];
    expect(judged(...calls, back(undefined), ...others)).toEqual({});
    expect(
      judged(held('ann', 0, 'h1'), held('ann', 26, 'h2'), back(undefined), ...others),
    ).toHaveProperty('never-oversold');
    const nobodys = [held(undefined, 0), held('cid', 10, 'h2')];
    expect(judged(...nobodys, back('ann'), others[0] as Call)).toEqual({});
    const bought = said('confirm', '', [20, 25], { buyer: undefined });
    const late = said('reserve', 'bob', [1_500, 1_505], { hold: 'h9', quantity: 2 });
    expect(judged(held('ann', 0, 'h1'), bought, late)).toEqual({});
  });
});

describe('a checkout that names none of several holds', () => {
  const facts = { total: 9, holdTtlMs: 10, unitsPerBuyerMax: 9 };
  const rows = ['h1', 'h2'].map((reservationId) =>
    reservation({ reservationId, userId: 'ann', quantity: 1, status: 'EXPIRED' }),
  );
  const second = reservation({ reservationId: 'x', quantity: 1, status: 'CONFIRMED' });
  const held = (hold: string, fromMs: number) =>
    said('reserve', 'ann', [fromMs, fromMs + 5], { hold });
  const calls = [held('h1', 0), held('h2', 12)];
  const paid = (sku?: string) => said('confirm', 'ann', [30, 40], { sku });
  const no = refused('reserve', 'ann', [50, 55], { code: 'ALREADY_PURCHASED' });
  const judged = (...more: Call[]) =>
    wrongIn(shopOf(facts, [...calls, ...more], { reservations: [...rows, second] }));

  it('may have taken the units of one of them again', () => {
    expect(judged(paid(SKU), no)).not.toHaveProperty('no-false-refusal');
    expect(judged(paid(), no)).not.toHaveProperty('no-false-refusal');
  });

  it('bought nothing before it, for nobody else, and nothing of another SKU', () => {
    const early = refused('reserve', 'ann', [22, 25], { code: 'ALREADY_PURCHASED' });
    const bobs = refused('reserve', 'bob', [50, 55], { code: 'ALREADY_PURCHASED' });
    expect(judged(early, paid(SKU))).toHaveProperty('no-false-refusal');
    expect(judged(paid(SKU), bobs)).toHaveProperty('no-false-refusal');
    expect(judged(paid('SKU-2'), no)).toHaveProperty('no-false-refusal');
  });
});

describe('a shop that deletes the rows of holds that are over', () => {
  const held = (buyer: string, fromMs: number) =>
    said('reserve', buyer, [fromMs, fromMs + 5], { hold: `of ${buyer}` });
  const row = (buyer: string, status: 'RESERVED' | 'CANCELLED' = 'RESERVED') =>
    reservation({ reservationId: `of ${buyer}`, userId: buyer, quantity: 1, status });
  const [ann, bob] = [held('ann', 0), held('bob', 1_500)];
  const released = said('release', 'ann', [20, 25], { hold: 'of ann' });
  const facts = { total: 2, holdTtlMs: 1_000 };
  const judged = (calls: Call[], ...reservations: ReturnType<typeof row>[]) =>
    notValidIn(shopOf(facts, calls, { reservations }));
  /** The same, of books that were read at this time. */
  const readAt = (atMs: number, calls: Call[], ...reservations: ReturnType<typeof row>[]) =>
    notValidIn(shopOf(facts, calls, { reservations }, readingAt(atMs, { reservations })));

  it('has none of one that was given back, bought or has lapsed', () => {
    const bought = said('confirm', 'ann', [20, 25], { hold: 'of ann' });
    const nameless = said('release', 'ann', [20, 25]);
    for (const end of [[released], [bought], [nameless], []]) {
      expect(judged([ann, ...end, bob], row('bob'))).toEqual({});
    }
    expect(judged([ann, released])).toEqual({});
  });

  it('has none of one that had lapsed when the books were read, which may have been any time later', () => {
    expect(readAt(2_600, [ann, released, bob])).toEqual({});
    expect(judged([ann, released, bob])).toEqual({});
  });

  it('has none of one of unknown lifetime that nobody ended', () => {
    const unknown = shopOf({ total: 2 }, [ann, bob], { reservations: [row('bob')] });
    expect(notValidIn(unknown)).toEqual({});
  });

  it('may have rows without names, of other people as well', () => {
    const nameless = (...buyers: string[]) =>
      buyers.map((userId) => reservation({ userId, quantity: 1 }));
    const others = { total: 9, holdTtlMs: 1_000, nobodyElseBuys: false };
    const rows = { reservations: nameless('bob', 'dan', 'eve') };
    const shop = shopOf(others, [ann, released, bob], rows);
    expect(notValidIn(shop)).toEqual({});
    const lost = unanswered('reserve', 'cid', 1_490);
    const both = shopOf({ total: 9, holdTtlMs: 1_000 }, [ann, released, bob, lost], {
      reservations: nameless('bob', 'cid'),
    });
    expect(notValidIn(both)).toEqual({});
  });

  it('may have sold to calls that got no answer', () => {
    const calls = [
      unanswered('buy', 'ann', 0),
      refused('buy', 'bob', [20, 30], { code: 'OUT_OF_STOCK' }),
    ];
    expect(notValidIn(shopOf({ ...facts, total: 1 }, calls, { reservations: [] }))).toEqual({});
  });

  it('may have refused others while a call without an answer had units', () => {
    const lost = unanswered('reserve', 'cid', 1_490);
    const no = refused('reserve', 'dan', [1_510, 1_520], { code: 'OUT_OF_STOCK' });
    expect(judged([ann, bob, lost, no], row('bob'))).toEqual({});
  });

  it('has a row of one that cannot be over, and loses none where it keeps them', () => {
    expect(readAt(1_600, [ann, released, bob])).toHaveProperty('no-lost-acknowledged');
    const cids = held('cid', 30);
    expect(judged([ann, released, cids], row('ann', 'CANCELLED'))).toHaveProperty(
      'no-lost-acknowledged',
    );
  });

  it('has too many if they say so', () => {
    const rows = ['bob', 'cid', 'dan'].map((buyer) => row(buyer));
    const others = [bob, held('cid', 1_510), held('dan', 1_520)];
    expect(judged([ann, ...others], ...rows)).toHaveProperty('never-oversold');
  });

  it('has too many units in the rows that are there, though no answer tells how long holds live', () => {
    const sold = reservation({
      ...{ reservationId: 'of dan', userId: 'dan', quantity: 1, status: 'CONFIRMED' },
    });
    const calls = [ann, released, bob, held('cid', 1_510)];
    const shown = (shop: Partial<typeof facts>, ...rows: ReturnType<typeof row>[]) =>
      wrongIn(shopOf({ total: 1, ...shop }, calls, { reservations: rows }))['never-oversold'];
    expect(shown({}, row('bob'), row('cid'))).toBe(
      'SKU-1 has 1 unit, and reservations that are not over have 2 of it',
    );
    expect(shown({ total: 2 }, row('bob'), row('cid'))).toBeUndefined();
    expect(shown({}, row('bob'), { ...row('cid'), lapsed: null })).toBeUndefined();
    expect(shown({}, { ...row('bob'), quantity: 2 })).toBeDefined();
    expect(shown({}, row('bob'), { ...row('cid'), skuId: 'SKU-2' })).toBeUndefined();
    expect(shown({}, row('bob'), sold)).toBeDefined();
    calls.push(refused('cancel', 'dan', [1_590, 1_595], { code: 'lapsed' }));
    expect(shown({}, row('bob'), sold)).toBeDefined();
    // The order of a sold one may have been cancelled, and its row left as it was.
    calls.push(unanswered('cancel', 'dan', 1_600));
    expect(shown({}, row('bob'), sold)).toBeUndefined();
    expect(shown({}, row('bob'), row('cid'))).toBeDefined();
  });

  it('may have rows from before the sale, and what others bought may have come back', () => {
    const calls = [ann, released, bob, held('cid', 1_510)];
    const rows = { reservations: [row('bob'), row('cid')] };
    const before = [{ skuId: SKU, total: 1, wasOnSale: true }];
    expect(wrongIn(shopOf({ skus: before }, calls, rows))).toEqual({});
    const sold = {
      reservations: rows.reservations.map((each) => ({ ...each, status: 'CONFIRMED' as const })),
    };
    const others = shopOf({ total: 1, nobodyElseBuys: false }, calls, sold);
    expect(wrongIn(others)).not.toHaveProperty('never-oversold');
  });
});

describe('an order of a late checkout that is cancelled', () => {
  const late = [
    said('reserve', 'ann', [0, 5], { hold: 'h1' }),
    said('confirm', 'ann', [1_100, 1_110], { hold: 'h1', newHold: 'h2', order: 'o1' }),
  ];
  const facts = { total: 1, holdTtlMs: 1_000, nobodyElseBuys: true };
  const wrong = (names: Partial<Call>, bobs: Call) =>
    Object.keys(
      wrongIn(shopOf(facts, [...late, said('cancel', 'ann', [1_115, 1_120], names), bobs])),
    );

  it.each([{ order: 'o1' }, { hold: 'h2' }, { hold: 'h1' }, { hold: 'h1', order: 'o1' }])(
    'gives back what the checkout took, whichever name it is cancelled by: %j',
    (names) => {
      expect(wrong(names, said('reserve', 'bob', [1_130, 1_140], { hold: 'h3' }))).toEqual([]);
      expect(wrong(names, said('reserve', 'bob', [1_111, 1_114], { hold: 'h3' }))).toContain(
        'never-oversold',
      );
      expect(wrong(names, refused('reserve', 'bob', [1_130, 1_140]))).toEqual([
        'no-false-sold-out',
      ]);
    },
  );
});
