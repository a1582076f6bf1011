import { describe, expect, it } from 'vitest';
import {
  notValidIn,
  order,
  readingAt,
  reservation,
  shopOf,
} from '../../test/judge/foreign-story.ts';
import { type Call, refused, SKU, said, unanswered } from '../../test/judge/story.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './verdict.ts';

const statusOf = (name: string, evidence: Evidence) =>
  judge(evidence).checks.find((check) => check.name === name);

const ann = said('buy', 'ann', [0, 10]);
const bob = said('buy', 'bob', [1, 11]);
const late = refused('buy', 'cid', [20, 30]);

describe('a shop that sells in one call, by its answers alone', () => {
  it('may sell all and refuse the rest', () => {
    const evidence = shopOf({ total: 2 }, [ann, bob, late]);
    expect(notValidIn(evidence)).toEqual({});
    expect(statusOf('never-oversold', evidence)?.status).toBe('valid');
    expect(statusOf('no-false-sold-out', evidence)?.status).toBe('valid');
    expect(statusOf('one-per-buyer', evidence)?.status).toBe('valid');
  });

  it('is caught selling more than it has, two to one buyer, and refusing while it has some', () => {
    expect(notValidIn(shopOf({ total: 1 }, [ann, bob]))).toHaveProperty('never-oversold');
    const twice = said('buy', 'ann', [20, 30]);
    expect(notValidIn(shopOf({ total: 3 }, [ann, twice]))).toHaveProperty('one-per-buyer');
    expect(notValidIn(shopOf({ total: 3 }, [ann, bob, late]))).toHaveProperty('no-false-sold-out');
  });

  it('is not caught where nobody knows the limit, or where others may have the units', () => {
    const twice = said('buy', 'ann', [20, 30]);
    expect(notValidIn(shopOf({ total: 3, unitsPerBuyerMax: undefined }, [ann, twice]))).toEqual({});
    const skus = [{ skuId: SKU, total: 3, wasOnSale: true }];
    const others = { skus, nobodyElseBuys: false };
    expect(statusOf('no-false-sold-out', shopOf(others, [ann, bob, late]))).toMatchObject({
      status: 'skipped',
    });
  });

  it('makes an oversell only possible where a call got no answer', () => {
    const evidence = shopOf({ total: 1 }, [ann, unanswered('buy', 'bob', 1)]);
    expect(notValidIn(evidence)['never-oversold']).toContain('unknown: 1 call without an answer');
  });
});

describe('a shop that sells in one call, with its orders', () => {
  const rows = (...buyers: string[]) => ({
    orders: buyers.map((userId, place) => order({ orderId: `${place + 1}`, userId, quantity: 1 })),
  });

  it('is right if each yes has its order, by id or by buyer', () => {
    const told = said('buy', 'ann', [0, 10], { order: '1' });
    expect(notValidIn(shopOf({ total: 2 }, [told, bob, late], rows('ann', 'bob')))).toEqual({});
    expect(notValidIn(shopOf({ total: 2 }, [ann, bob, late], rows('ann', 'bob')))).toEqual({});
    expect(
      statusOf('no-lost-acknowledged', shopOf({ total: 2 }, [ann], rows('ann'))),
    ).toMatchObject({ status: 'valid' });
  });

  it('is caught losing an order, told by id or not', () => {
    expect(
      notValidIn(shopOf({ total: 2 }, [ann, bob], rows('ann')))['no-lost-acknowledged'],
    ).toContain('1 of 2 acknowledged calls cannot be found');
    const [one, two] = [
      said('buy', 'ann', [0, 10], { order: '1' }),
      said('buy', 'bob', [0, 10], { order: '7' }),
    ];
    expect(notValidIn(shopOf({ total: 2 }, [one, two], rows('ann', 'bob')))).toHaveProperty(
      'no-lost-acknowledged',
    );
  });

  it('is caught with an order of a refused buyer, if nobody else buys', () => {
    const evidence = shopOf({ total: 2 }, [ann, late], rows('ann', 'cid'));
    expect(notValidIn(evidence)['no-phantom']).toContain('1 of 2 ledger rows');
    const others = shopOf({ total: 2, nobodyElseBuys: false }, [ann], rows('ann', 'zoe'));
    expect(notValidIn(others)).toEqual({});
  });

  it('has a call without an answer settled by the orders', () => {
    const open = unanswered('buy', 'bob', 1);
    expect(notValidIn(shopOf({ total: 1 }, [ann, open], rows('ann')))).toEqual({});
    expect(notValidIn(shopOf({ total: 1 }, [ann, open], rows('ann', 'bob')))).toHaveProperty(
      'never-oversold',
    );
    const nothing = said('read', 'cid', [40, 50], { observed: { sold: 2 } });
    expect(notValidIn(shopOf({ total: 2 }, [ann, open, nothing], rows('ann')))).toHaveProperty(
      'monotonic-reads',
    );
  });

  it('may have kept units for a call without an answer that came to nothing, and refused others', () => {
    const open = unanswered('buy', 'bob', 15);
    expect(notValidIn(shopOf({ total: 2 }, [ann, open, late], rows('ann')))).toEqual({});
    expect(notValidIn(shopOf({ total: 3 }, [ann, open, late], rows('ann')))).toHaveProperty(
      'no-false-sold-out',
    );
    const early = refused('buy', 'cid', [11, 14]);
    expect(notValidIn(shopOf({ total: 2 }, [ann, open, early], rows('ann')))).toHaveProperty(
      'no-false-sold-out',
    );
    expect(notValidIn(shopOf({ total: 2 }, [ann, open, late], rows('ann', 'bob')))).toEqual({});
  });

  it('is caught with more standing orders than units, whoever bought them', () => {
    const evidence = shopOf({ total: 1, nobodyElseBuys: false }, [ann], rows('ann', 'zoe'));
    expect(notValidIn(evidence)['never-oversold']).toContain('2 sold');
    const skus = [{ skuId: SKU, total: 1, wasOnSale: true }];
    expect(
      notValidIn(shopOf({ skus, nobodyElseBuys: false }, [ann], rows('ann', 'zoe', 'yan'))),
    ).toEqual({});
  });

  it('is caught with two orders of one buyer, though one may be made by nobody of this run', () => {
    const facts = { total: 3, nobodyElseBuys: false };
    const twice = shopOf(facts, [ann], rows('ann', 'ann'));
    expect(notValidIn(twice)['one-per-buyer']).toContain('2 units of SKU-1 for buyer ann');
    const older = { ...facts, skus: [{ skuId: SKU, total: 3, wasOnSale: true }] };
    expect(notValidIn(shopOf(older, [ann], rows('ann', 'ann')))).toEqual({});
  });

  it('has orders without buyer, quantity, id and status only counted', () => {
    const bare = (orders: number) => ({ orders: Array.from({ length: orders }, () => order({})) });
    expect(notValidIn(shopOf({ total: 2 }, [ann, bob, late], bare(2)))).toEqual({});
    expect(notValidIn(shopOf({ total: 2 }, [ann, bob], bare(1)))).toHaveProperty(
      'no-lost-acknowledged',
    );
    expect(notValidIn(shopOf({ total: 5 }, [ann, bob], bare(3)))).toHaveProperty('no-phantom');
  });

  it('leaves open which of two calls made the one order of nobody', () => {
    const open = ['bob', 'cid'].map((buyer) => unanswered('buy', buyer, 1));
    const again = refused('buy', 'cid', [40, 50], { code: 'ALREADY_PURCHASED' });
    const calls = [ann, ...open, again];
    expect(notValidIn(shopOf({ total: 3 }, calls, { orders: [order({}), order({})] }))).toEqual({});
  });

  it('has ids of two kinds compared by buyer', () => {
    const told = ['ann', 'bob'].map((buyer) =>
      said('buy', buyer, [0, 10], { order: `N-${buyer}` }),
    );
    expect(notValidIn(shopOf({ total: 2 }, told, rows('ann', 'bob')))).toEqual({});
    expect(notValidIn(shopOf({ total: 2 }, told, rows('ann')))).toHaveProperty(
      'no-lost-acknowledged',
    );
  });

  it('has cancelled orders only where somebody asked for it', () => {
    const cancelled = { orders: [order({ orderId: '1', userId: 'ann', status: 'CANCELLED' })] };
    const told = said('buy', 'ann', [0, 10], { order: '1' });
    expect(notValidIn(shopOf({}, [told], cancelled))).toHaveProperty('no-lost-acknowledged');
    const cancel = said('cancel', 'ann', [20, 30], { order: '1' });
    expect(notValidIn(shopOf({}, [told, cancel], cancelled))).toEqual({});
  });
});

describe('a shop that sells in one call, with its stock', () => {
  const orders = ['ann', 'bob'].map((userId) => order({ userId, quantity: 1 }));
  const withStock = (stock: Parameters<typeof shopOf>[2]) =>
    notValidIn(shopOf({ total: 3 }, [ann, bob], { orders, ...stock }));

  it('is right if what is on sale and what is ordered are all', () => {
    expect(withStock({ stock: { available: 1 } })).toEqual({});
    expect(withStock({ stock: { total: 3, sold: 2 } })).toEqual({});
    expect(withStock({ stock: { total: 3, available: 1, reserved: 0, sold: 2 } })).toEqual({});
  });

  it('is caught with units in two places, or in none', () => {
    expect(withStock({ stock: { available: 2 } }).conservation).toContain(
      '2 available and 2 in standing orders are 4, the total is 3',
    );
    expect(withStock({ stock: { total: 3, sold: 3 } }).conservation).toContain('sold is 3, orders');
    expect(withStock({ stock: { available: 0 } })['no-stranded-stock']).toContain('1 unit');
    expect(withStock({ stock: { available: -1 } }).conservation).toContain('available is -1');
    expect(withStock({ stock: { available: -1 } })['no-stranded-stock']).toContain('1 unit of');
  });
});

describe('a shop that reserves and sells, without rows of reservations', () => {
  const held = said('reserve', 'ann', [0, 10], { hold: 'h1' });
  const sold = said('confirm', 'ann', [20, 30], { hold: 'h1' });

  it('is right with the orders of its checkouts', () => {
    const orders = [order({ orderId: '1', userId: 'ann', quantity: 1 })];
    const evidence = shopOf({ total: 2 }, [held, sold, said('reserve', 'bob', [5, 6])], { orders });
    expect(notValidIn(evidence)).toEqual({});
    expect(statusOf('no-lost-acknowledged', evidence)?.summary).toContain('all of 1 acknowledged');
  });

  it('is caught without the order of a checkout, or with one that nobody checked out', () => {
    expect(notValidIn(shopOf({ total: 2 }, [held, sold], { orders: [] }))).toHaveProperty(
      'no-lost-acknowledged',
    );
    const orders = [order({ userId: 'ann', quantity: 1 })];
    expect(notValidIn(shopOf({ total: 2 }, [held], { orders }))).toHaveProperty('no-phantom');
  });

  it('follows a checkout that names no hold to the hold of its buyer', () => {
    const nameless = [
      said('reserve', 'ann', [0, 10]),
      said('confirm', 'ann', [20, 30]),
      refused('reserve', 'bob', [90_000, 90_010]),
    ];
    const facts = { total: 1, holdTtlMs: 1_000 };
    expect(notValidIn(shopOf(facts, nameless))).toEqual({});
    const orders = [order({ userId: 'ann' })];
    expect(notValidIn(shopOf(facts, nameless, { orders }))).toEqual({});
  });

  it('may keep what is held off sale, and not more', () => {
    const orders = [order({ orderId: '1', userId: 'ann', quantity: 1 })];
    const calls = [held, sold, said('reserve', 'bob', [5, 6], { hold: 'h2' })];
    const judged = (available: number) =>
      notValidIn(shopOf({ total: 4 }, calls, { orders, stock: { available } }));
    expect(judged(2)).toEqual({});
    expect(judged(3)).toEqual({});
    expect(judged(1)).toHaveProperty('no-stranded-stock');
    expect(judged(4)).toHaveProperty('conservation');
  });
});

it('matches reservations without ids by their buyers', () => {
  const held = ['ann', 'bob'].map((buyer) =>
    said('reserve', buyer, [0, 10], { hold: `h-${buyer}` }),
  );
  const rows = (...buyers: string[]) => ({
    reservations: buyers.map((userId) => reservation({ userId, quantity: 1 })),
  });
  expect(notValidIn(shopOf({ total: 2 }, held, rows('ann', 'bob')))).toEqual({});
  const living = { total: 2, holdTtlMs: 1_000 };
  const early = readingAt(20, rows('ann'));
  expect(notValidIn(shopOf(living, held, rows('ann'), early))).toHaveProperty(
    'no-lost-acknowledged',
  );
  expect(notValidIn(shopOf({ total: 3 }, held, rows('ann', 'bob', 'bob')))).toHaveProperty(
    'no-phantom',
  );
});

it('gives an accepted attempt no unit that nobody knows of', () => {
  const attempts = ['ann', 'bob', 'cid'].map((buyer) =>
    said('attempt', buyer, [0, 10], { status: 202 }),
  );
  expect(notValidIn(shopOf({ total: 3 }, attempts))).toEqual({});
  expect(notValidIn(shopOf({ total: 2 }, attempts))['never-oversold']).toContain(
    'unknown: 3 calls',
  );
  const told = said('read', 'cid', [40, 50], { status: 200, observed: { decision: 'FAILED' } });
  expect(notValidIn(shopOf({ total: 2 }, [...attempts, told]))).toEqual({});
  const orders = ['ann', 'bob'].map((userId) => order({ userId, quantity: 1 }));
  expect(notValidIn(shopOf({ total: 2 }, attempts, { orders }))).toEqual({});
  expect(notValidIn(shopOf({ total: 1 }, attempts, { orders }))).toHaveProperty('never-oversold');
});

it('finds the order lost of somebody who was told that their attempt succeeded', () => {
  const calls = ['ann', 'bob'].flatMap((buyer) => [
    said('attempt', buyer, [0, 10], { status: 202 }),
    said('read', buyer, [40, 50], { observed: { decision: 'SUCCESS' } }),
  ]);
  const orders = ['ann', 'bob'].map((userId) => order({ userId, quantity: 1 }));
  expect(notValidIn(shopOf({ total: 2 }, calls, { orders }))).toEqual({});
  expect(notValidIn(shopOf({ total: 2 }, calls, { orders: orders.slice(1) }))).toHaveProperty(
    'no-lost-acknowledged',
  );
  const nameless = [order({ quantity: 1 })];
  expect(notValidIn(shopOf({ total: 2 }, calls, { orders: nameless }))).toEqual({});
});

describe('a shop that keeps an order of each payment, also of one that failed', () => {
  const held = said('reserve', 'ann', [0, 10], { hold: 'h1' });
  const declined = refused('confirm', 'ann', [20, 30], { hold: 'h1', code: 'refused' });
  const failed = order({ orderId: '1', reservationId: 'h1', userId: 'ann', status: 'FAILED' });

  it('is right, whether the buyer pays afterwards or gives the units back', () => {
    const paid = said('confirm', 'ann', [40, 50], { hold: 'h1', order: '2' });
    const bought = shopOf({}, [held, declined, paid], {
      orders: [failed, order({ orderId: '2', reservationId: 'h1', userId: 'ann' })],
      reservations: [reservation({ reservationId: 'h1', userId: 'ann', status: 'CONFIRMED' })],
    });
    expect(notValidIn(bought)).toEqual({});
    expect(judge(bought).notes).toEqual([]);
    const released = said('release', 'ann', [40, 50], { hold: 'h1' });
    const givenBack = shopOf({}, [held, declined, released], {
      orders: [failed],
      reservations: [reservation({ reservationId: 'h1', userId: 'ann', status: 'CANCELLED' })],
    });
    expect(notValidIn(givenBack)).toEqual({});
    expect(judge(givenBack).notes).toEqual([]);
  });

  it('is right where its books call orders by other names than it tells', () => {
    const paid = said('confirm', 'ann', [40, 50], { hold: 'h1', order: 'W-2' });
    const bought = shopOf({}, [held, declined, paid], {
      orders: [failed, order({ orderId: '2', reservationId: 'h1', userId: 'ann' })],
    });
    expect(notValidIn(bought)).toEqual({});
  });
});

it('believes a read of units that a hold may have left before it was paid for', () => {
  const calls = [
    said('reserve', 'ann', [0, 10], { hold: 'a' }),
    said('read', 'bob', [20, 25], { observed: { available: 1 } }),
    said('confirm', 'ann', [30, 40], { hold: 'a' }),
  ];
  const rules = { total: 1, nobodyElseBuys: true };
  expect(notValidIn(shopOf(rules, calls))).toEqual({});
  expect(notValidIn(shopOf({ ...rules, holdTtlMs: 1_000 }, calls))).toHaveProperty(
    'monotonic-reads',
  );
  const late = said('read', 'bob', [50, 55], { observed: { available: 1 } });
  expect(notValidIn(shopOf(rules, [...calls, late]))).toHaveProperty('monotonic-reads');
});

it('asks for as many orders as purchases where the books have other names for everything', () => {
  const calls = ['ann', 'bob'].map((buyer, place) =>
    said('buy', buyer, [0, 10], { hold: `h${place}` }),
  );
  const held = ['u2', 'u1'].map((userId) => reservation({ userId, reservationId: `r-${userId}` }));
  const orders = ['u1', 'u2'].map((userId) => order({ userId, reservationId: `r-${userId}` }));
  const shop = (rows: typeof orders) =>
    shopOf({ total: 2 }, calls, { reservations: held, orders: rows });
  expect(notValidIn(shop(orders))).toEqual({});
  expect(notValidIn(shop(orders.slice(1)))).toHaveProperty('no-lost-acknowledged');
});

it('knows the hold that a purchase refused half-way has left, though no call got anything', () => {
  const calls = [
    refused('buy', 'cem', [0, 10], { code: 'CONTENTION_LOST' }),
    refused('buy', 'cem', [0, 10], { code: 'ALREADY_RESERVED' }),
  ];
  const left = reservation({ userId: 'cem', quantity: 1, status: 'EXPIRED', reservationId: 'a' });
  expect(notValidIn(shopOf({ total: 2 }, calls, { reservations: [left] }))).toEqual({});
});

describe('the notes of a verdict', () => {
  it('name calls for a SKU that is not on sale, and a run of nothing else is inconclusive', () => {
    const evidence = shopOf({}, [said('buy', 'ann', [0, 10], { sku: 'OTHER' })]);
    const { notes, inconclusiveBecause, checks } = judge(evidence);
    const text = '1 call was for OTHER, which is not on sale';
    expect(notes).toEqual([text]);
    expect(inconclusiveBecause).toContain(text);
    expect(checks[0]).toMatchObject({ name: 'never-oversold', status: 'skipped' });
  });

  it('count answers that fit no rule, and calls that were limited', () => {
    const strange = unanswered('buy', 'bob', 1, {});
    const evidence = shopOf({ total: 5 }, [
      ann,
      { ...strange, status: 409, code: 'UNCLASSIFIED' },
      refused('buy', 'cid', [5, 6], { status: 429, code: 'limited' }),
    ]);
    expect(judge(evidence).notes).toEqual([
      '1 answer fits no rule of the target file, such as status 409 to buy of buyer bob',
      '1 call was turned away by a rate limit, which says nothing about the stock',
    ]);
  });

  it('speak of several in the plural, and name five SKUs at the most', () => {
    const strange = (buyer: string) => ({
      ...unanswered('buy', buyer, 1),
      ...{ status: 409, code: 'UNCLASSIFIED' },
    });
    const limited = unanswered('buy', 'eve', 1, { code: 'limited' });
    const notesOf = (...calls: Call[]) => judge(shopOf({ total: 5 }, [ann, ...calls])).notes;
    expect(notesOf(strange('bob'), strange('cid'), limited)).toEqual([
      '2 answers fit no rule of the target file, such as status 409 to buy of buyer bob',
    ]);
    const others = ['A', 'B', 'C', 'D', 'E', 'F'].map((sku) =>
      said('buy', 'bob', [0, 10], { sku }),
    );
    expect(notesOf(...others)).toHaveLength(5);
    expect(notesOf(said('read', 'bob', [0, 10], { sku: 'OTHER' }))).toEqual([]);
    const rows = ['zoe', 'yan'].map((userId) => reservation({ userId, quantity: 1 }));
    const { notes } = judge(
      shopOf({ total: 9, nobodyElseBuys: false }, [said('reserve', 'ann', [0, 10])], {
        reservations: [...rows, reservation({ userId: 'ann', quantity: 1 })],
      }),
    );
    expect(notes).toEqual(['2 reservations of 2 units were made by nobody of this run']);
  });

  it('tell of rows that nobody of this run made', () => {
    const orders = ['ann', 'zoe'].map((userId) => order({ userId, quantity: 2 }));
    const two = said('buy', 'ann', [0, 10], { quantity: 2 });
    const facts = { total: 4, nobodyElseBuys: false, unitsPerBuyerMax: 2 };
    const { notes } = judge(shopOf(facts, [two], { orders }));
    expect(notes).toEqual(['1 order of 2 units was made by nobody of this run']);
  });
});

describe('a shop that was gone before its units were', () => {
  it('is not valid, and the verdict says what nobody can know', () => {
    const sold = Array.from({ length: 36 }, (_, place) =>
      said('buy', `b${place}`, [place, place + 5]),
    );
    const orders = sold.map(({ buyer = '' }) => order({ userId: buyer, quantity: 1 }));
    const lost = Array.from({ length: 400 }, (_, place) => unanswered('buy', `c${place}`, 50));
    const unsent = Array.from({ length: 100 }, (_, place) =>
      refused('buy', `d${place}`, [60, 61], { status: 0, code: 'ECONNREFUSED' }),
    );
    const refusedElse = Array.from({ length: 500 }, (_, place) =>
      refused('buy', `e${place}`, [1, 70], { status: 403, code: 'refused' }),
    );
    const calls = [...sold, ...lost, ...unsent, ...refusedElse];
    const { status, inconclusiveBecause } = judge(shopOf({ total: 500 }, calls, { orders }));
    expect(status).toBe('inconclusive');
    expect(inconclusiveBecause).toContain(
      '464 of 500 units of SKU-1 were left, and 500 of 1,036 calls for them got no definite answer: nobody knows if the last units would have been sold twice',
    );
  });

  it('says that nobody knows what became of accepted attempts', () => {
    const { inconclusiveBecause } = judge(shopOf({}, [said('attempt', 'ann', [0, 10])]));
    expect(inconclusiveBecause.join()).toContain('nobody knows who got a unit');
  });
});
