import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
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
import { emptyLedger } from '../../history/ledger-snapshot.ts';
import type { LedgerOrder, LedgerReservation } from '../../protocol/ledger.ts';
import type { Attribution, Evidence } from '../evidence.ts';
import { attribute } from './attribution.ts';

/** The attribution of a shop, with the sets as texts. */
const attributionOf = (evidence: Evidence) => {
  const { attribution } = attribute(evidence) as { attribution: Attribution };
  return Object.fromEntries(
    Object.entries(attribution).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? value : [...value].join(),
    ]),
  );
};
const ordersOf = (evidence: Evidence) => attribute(evidence).ledger?.orders ?? [];
const reservationsOf = (evidence: Evidence) => attribute(evidence).ledger?.reservations ?? [];

const buys = (buyer: string, facts: Partial<Call> = {}) => said('buy', buyer, [0, 10], facts);
const loses = (buyer: string, facts: Partial<Call> = {}) => unanswered('buy', buyer, 0, facts);

describe('evidence', () => {
  const sale = saleOf({ total: 3 });
  const calls = [said('reserve', 'ann', [0, 10], { hold: 'a' })];
  const books = () =>
    booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ben' },
      { kind: 'SOLD', hold: 'b', buyer: 'ben' },
    ]);

  it('is left as it is where rows say what they are about', () => {
    const whole = evidenceOf(sale, calls, { ledger: books() });
    expect(attribute(whole)).toBe(whole);
    const alone = evidenceOf(sale, calls);
    expect(attribute(alone)).toBe(alone);
    const shop = shopOf({}, calls, { stock: { total: 3 } });
    expect(attribute(shop)).toBe(shop);
  });

  it('is left as it is where our own server sold tickets in one call', () => {
    const skus = [{ skuId: SKU, total: 5, soldBy: 'tickets' as const }];
    const bought = said('buy', 'ann', [0, 10], { hold: 'a', order: 'order-a', callId: 'buy-a' });
    const ledger = booksOf(saleOf({ skus }), [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'buy-a' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'buy-a' },
    ]);
    const evidence = evidenceOf(saleOf({ skus }), [bought], { ledger });
    expect(attribute(evidence)).toBe(evidence);
    const others = evidenceOf(saleOf({ total: 5 }), [bought], { ledger });
    expect(attribute(others)).not.toBe(others);
  });

  it.each([
    ['orders', 'orderId'],
    ['orders', 'reservationId'],
    ['orders', 'userId'],
    ['orders', 'quantity'],
    ['reservations', 'reservationId'],
    ['reservations', 'userId'],
    ['reservations', 'quantity'],
  ] as const)('has its rows given to calls where one of the %s has no %s', (list, column) => {
    const ledger = books();
    Object.assign(ledger[list][0] as object, { [column]: null });
    expect(attribute(evidenceOf(sale, calls, { ledger })).attribution).toBeDefined();
  });

  it('has its rows given to calls where somebody bought in one call, and in a described shop', () => {
    const ledger = books();
    const bought = [...calls, buys('ben')];
    expect(attribute(evidenceOf(sale, bought, { ledger })).attribution).toBeDefined();
    expect(attribute(shopOf({}, calls, { orders: [] })).attribution).toBeDefined();
    const lapsed = [reservation({ userId: 'ann', quantity: 1, status: 'EXPIRED' })];
    expect(attribute(shopOf({}, calls, { reservations: lapsed })).attribution).toBeDefined();
  });

  it('has names for the calls that have none', () => {
    const named = attribute(
      shopOf({}, [buys('ann'), buys('ben', { callId: 'c' })], { orders: [] }),
    );
    expect(named.operations.map(({ callId }) => callId)).toEqual(['call 1', 'c']);
    expect(named.operations[0]).toMatchObject({ kind: 'buy', buyer: 'ann', outcome: 'ok' });
    const known = shopOf({}, [buys('ben', { callId: 'c' })], { orders: [] });
    expect(attribute(known).operations).toBe(known.operations);
  });
});

describe('the rows of a shop that gives names again', () => {
  const again = (kind: 'reserve' | 'register', end: 'release' | 'cancel', name: object) => [
    ...[said(kind, 'ann', [0, 5], name), said(end, 'ann', [10, 12], name)],
    said(kind, 'bob', [20, 25], name),
  ];
  const ofHolds = again('reserve', 'release', { hold: 'h1' });
  const ofOrders = again('register', 'cancel', { order: 'o1' });
  const overwrittenIn = (calls: Call[]) => {
    const reservations = [reservation({ reservationId: 'h9', userId: 'zoe', quantity: 1 })];
    const orders = [order({ orderId: 'o9', userId: 'zoe', quantity: 1 })];
    return attributionOf(shopOf({ total: 5 }, calls, { reservations, orders })).overwritten;
  };

  it('may have been written over, of those kinds whose names were given again', () => {
    expect(overwrittenIn(ofHolds)).toBe('reservation');
    expect(overwrittenIn(ofOrders)).toBe('order');
    expect(overwrittenIn([...ofHolds, ...ofOrders])).toBe('reservation,order');
    expect(overwrittenIn(ofHolds.slice(0, 2))).toBe('');
  });
});

describe('an order of a shop', () => {
  it('has the facts that its row leaves out and its call tells', () => {
    const calls = [buys('ann', { callId: 'c1', order: 'o1', hold: 'h1', quantity: 2 })];
    expect(ordersOf(shopOf({}, calls, { orders: [order({ orderId: 'o1' })] }))).toMatchObject([
      { orderId: 'o1', reservationId: 'h1', userId: 'ann', quantity: 2, callId: 'c1' },
    ]);
    const told = order({ orderId: 'o1', userId: 'ann', quantity: 3, callId: 'c1' });
    expect(ordersOf(shopOf({}, calls, { orders: [told] }))).toMatchObject([
      { userId: 'ann', quantity: 3, callId: 'c1' },
    ]);
  });

  it('has a name of its own and one unit where neither tells', () => {
    const orders = [order({}), order({ orderId: 'x' })];
    expect(ordersOf(shopOf({}, [], { orders }))).toMatchObject([
      { orderId: 'order 1', reservationId: 'of order 1', userId: null, quantity: 1, callId: null },
      { orderId: 'x', reservationId: 'of x' },
    ]);
    expect(ordersOf(shopOf({}, [buys('ann')], { orders: [order({})] }))).toMatchObject([
      { orderId: 'order 1', reservationId: 'of order 1', quantity: 1, callId: 'call 1' },
    ]);
  });

  it('has the name that its buyer was told, where rows have names of another kind', () => {
    const calls = [buys('ann', { order: 'o1', hold: 'h1' })];
    const row = order({ orderId: '1', reservationId: '2', userId: 'ann' });
    expect(ordersOf(shopOf({}, calls, { orders: [row] }))).toMatchObject([
      { orderId: 'o1', reservationId: 'h1' },
    ]);
    // A hold that a reservation has is one.
    const reservations = [reservation({ reservationId: '2', callId: 'other' })];
    expect(ordersOf(shopOf({}, calls, { orders: [row], reservations }))).toMatchObject([
      { orderId: 'o1', reservationId: '2' },
    ]);
  });

  it('keeps its own name where the one that was told may be of an order that is gone', () => {
    const calls = [
      buys('ann', { order: 'o1' }),
      buys('ann', { order: 'o2' }),
      said('cancel', 'ann', [20, 30], { order: 'o1' }),
    ];
    const rows = (count: number) =>
      Array.from({ length: count }, (_, place) => order({ orderId: `${place + 1}`, userId: 'u' }));
    const names = (count: number) =>
      ordersOf(shopOf({ total: 9 }, calls, { orders: rows(count) })).map(({ orderId }) => orderId);
    expect(names(1)).toEqual(['o2']);
    expect(names(2)).toEqual(['o2', '2']);
  });

  it('has no buyer by a call that it is only like, or that may have named what is another buyer’s', () => {
    const userOf = (call: Call, row: Partial<LedgerOrder>) =>
      ordersOf(shopOf({}, [call, said('attempt', 'zoe', [0, 1])], { orders: [order(row)] }))[0]
        ?.userId;
    expect(userOf(buys('ann', { order: 'o' }), { orderId: 'o' })).toBe('ann');
    expect(userOf(buys('ann'), {})).toBeNull();
    expect(userOf(loses('ann', { callId: 'c' }), { callId: 'c' })).toBe('ann');
    const lost = said('reserve', 'ben', [0, 5], { hold: 'h' });
    const orders = [order({ reservationId: 'h' })];
    const checkout = unanswered('confirm', 'ann', 20, { hold: 'h' });
    expect(ordersOf(shopOf({}, [lost, checkout], { orders }))[0]?.userId).toBeNull();
    expect(
      ordersOf(shopOf({}, [lost, said('confirm', 'ann', [20, 30], { hold: 'h' })], { orders }))[0],
    ).toMatchObject({ userId: 'ann' });
  });

  it('has the buyer, the SKU and the units of the hold that its checkout names', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h', quantity: 2 }),
      said('confirm', 'ann', [20, 30], {
        ...{ hold: 'h', order: 'o', buyer: undefined, sku: undefined, quantity: 7 },
      }),
    ];
    expect(ordersOf(shopOf({}, calls, { orders: [order({ orderId: 'o' })] }))).toMatchObject([
      { userId: 'ann', quantity: 2, reservationId: 'h' },
    ]);
    const late = { ...(calls[1] as Call), newHold: 'n' };
    expect(
      ordersOf(shopOf({}, [calls[0] as Call, late], { orders: [order({ orderId: 'o' })] })),
    ).toMatchObject([{ reservationId: 'n' }]);
  });

  it('has guessed units only if neither its row nor a call that is surely its own tells', () => {
    const guessed = (calls: Call[], rows: Partial<LedgerOrder>[]) =>
      attributionOf(shopOf({}, calls, { orders: rows.map(order) })).guessedUnits;
    expect(guessed([buys('ann')], [{}])).toBe('');
    expect(guessed([buys('ann')], [{ quantity: 1 }, { quantity: 1 }])).toBe('');
    expect(guessed([buys('ann')], [{}, {}])).toBe('order');
    expect(guessed([], [{}])).toBe('order');
    expect(guessed([], [{ quantity: 1 }])).toBe('');
    expect(guessed([], [{ quantity: 1 }, {}])).toBe('order');
    const held = [{}, {}].map(reservation);
    expect(attributionOf(shopOf({}, [buys('ann')], { reservations: held })).guessedUnits).toBe(
      'reservation',
    );
    const attempts = [said('reserve', 'ann', [0, 1], { hold: 'h' })];
    const nameless = said('confirm', 'ann', [20, 30], { hold: 'x', order: 'o' });
    expect(guessed([...attempts, nameless], [{ orderId: 'o' }])).toBe('order');
  });

  it('is of nobody if it names a purchase that was refused', () => {
    const calls = [refused('buy', 'ann', [0, 10], { callId: 'c1' })];
    const evidence = shopOf({}, calls, { orders: [order({ orderId: 'o', callId: 'c1' })] });
    expect(attributionOf(evidence)).toMatchObject({ strangeOrders: 'o' });
  });

  it('is of the SKU of the hold that its checkout names', () => {
    const skus = [SKU, 'CUP'].map((skuId) => ({ skuId, total: 9 }));
    const calls = [SKU, 'CUP'].flatMap((sku) => [
      said('reserve', 'ann', [0, 10], { sku, hold: `of ${sku}` }),
      said('confirm', 'ann', [20, 30], { sku: undefined, hold: `of ${sku}`, callId: sku }),
    ]);
    const orders = ['CUP', SKU].map((skuId) => order({ skuId }));
    expect(ordersOf(shopOf({ skus }, calls, { orders })).map(({ callId }) => callId)).toEqual([
      ...['CUP', SKU],
    ]);
  });

  it('goes to an attempt only if no other call wants it, until that is decided', () => {
    const calls = [
      said('attempt', 'ann', [0, 10], { callId: 'try' }),
      loses('ann', { callId: 'buy' }),
    ];
    const read = said('read', 'ann', [20, 30], { observed: { decision: 'SUCCESS' } });
    const callOf = (...more: Call[]) =>
      ordersOf(shopOf({}, [...calls, ...more], { orders: [order({ userId: 'ann' })] }))[0]?.callId;
    expect(callOf()).toBe('try');
    const bought = { ...buys('ann'), callId: 'buy' };
    const [tried] = calls as [Call];
    const orders = [order({ userId: 'ann' })];
    expect(ordersOf(shopOf({}, [tried, bought], { orders }))[0]?.callId).toBe('buy');
    expect(ordersOf(shopOf({}, [tried, read], { orders }))[0]?.callId).toBe('try');
  });
});

describe('a hold that an order stands for', () => {
  it('has the state of the order, in a shop that takes and sells in one call', () => {
    const statuses = ['CONFIRMED', 'FULFILLED', 'CANCELLED', 'FAILED', 'PENDING'] as const;
    const calls = statuses.map((_, place) =>
      buys(`b${place}`, { order: `o${place}`, callId: `c${place}` }),
    );
    const orders = statuses.map((status, place) =>
      order({ orderId: `o${place}`, status, createdAt: 'noon', quantity: 2 }),
    );
    const evidence = shopOf({ total: 9 }, calls, { orders });
    const shared = { row: 'reservation', skuId: SKU, quantity: 2, lapsed: false, expiresAt: null };
    expect(reservationsOf(evidence)).toEqual(
      (['CONFIRMED', 'CONFIRMED', 'CANCELLED', 'EXPIRED', null] as const).map((status, place) => ({
        ...{ ...shared, status, reservationId: `of o${place}`, userId: `b${place}` },
        ...{ callId: `c${place}`, createdAt: 'noon' },
      })),
    );
    expect(attribute(evidence).sale.evidence.ledger).toEqual(['order', 'reservation']);
    expect(attributionOf(evidence)).toMatchObject({
      ...{ madeOfOrders: 'of o0,of o1,of o2,of o3,of o4', keepsHolds: false },
    });
  });

  it('is not made of orders in a shop that reserves first', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h' }),
      said('confirm', 'ann', [20, 30], { hold: 'h', order: 'o' }),
    ];
    const evidence = shopOf({}, calls, { orders: [order({ orderId: 'o' })] });
    expect(reservationsOf(evidence)).toEqual([]);
    expect(attribute(evidence).sale.evidence.ledger).toEqual(['order']);
    expect(attributionOf(evidence)).toMatchObject({ madeOfOrders: '', keepsHolds: false });
    const [reserve] = calls as [Call];
    expect(reservationsOf(shopOf({}, [reserve], { orders: [order({})] }))).toEqual([]);
    const unheld = said('confirm', 'ann', [20, 30], { order: 'o' });
    expect(reservationsOf(shopOf({}, [unheld], { orders: [order({})] }))).toEqual([]);
  });

  it('is made of the purchases in one call, where only buyers who reserve first leave rows of holds', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h', callId: 'c1' }),
      said('confirm', 'ann', [20, 30], { hold: 'h', order: 'o1', callId: 'c2' }),
      buys('ben', { order: 'o2', callId: 'c3' }),
    ];
    const orders = ['o1', 'o2'].map((orderId) => order({ orderId, quantity: 1 }));
    const held = reservation({ reservationId: 'h', quantity: 1, status: 'CONFIRMED' });
    const idsWith = (reservations: LedgerReservation[], more: Call[] = []) =>
      reservationsOf(shopOf({ total: 9 }, [...calls, ...more], { orders, reservations })).map(
        ({ reservationId }) => reservationId,
      );
    expect(idsWith([held])).toEqual(['h', 'of o2']);
    const evidence = shopOf({ total: 9 }, calls, { orders, reservations: [held] });
    expect(attributionOf(evidence)).toMatchObject({ madeOfOrders: 'of o2', keepsHolds: true });
    const alone = evidenceOf(saleOf({ total: 9 }), [buys('ben', { order: 'o2' })], {
      ledger: { ...emptyLedger(), orders: [order({ orderId: 'o2', userId: 'ben', quantity: 1 })] },
    });
    expect(attributionOf(alone)).toMatchObject({ madeOfOrders: 'of o2', keepsHolds: true });
    // Where a purchase has such a row, or a row is left that may be its own, nobody knows which has none.
    const open = shopOf(
      { total: 9 },
      [
        unanswered('reserve', 'ann', 0),
        unanswered('reserve', 'bob', 0),
        buys('ben', { order: 'o2', quantity: 2 }),
      ],
      {
        reservations: [reservation({ quantity: 1, status: 'EXPIRED' })],
        orders: [order({ orderId: 'o2', quantity: 2 })],
      },
    );
    expect(attributionOf(open)).toMatchObject({ madeOfOrders: '', strangeReservations: '' });
    const bens = reservation({ reservationId: 'b', quantity: 1, callId: 'c3' });
    expect(idsWith([held, bens])).toEqual(['h', 'b']);
    expect(idsWith([held, reservation({ reservationId: 'x', quantity: 1, callId: 'c9' })])).toEqual(
      [...['h', 'x']],
    );
  });

  it('is not made twice, nor of an order of nobody, nor missed because a late checkout has left a row', () => {
    const reserved = said('reserve', 'ann', [0, 10], { hold: 'h', callId: 'c1' });
    const idsOf = (calls: Call[], rows: Parameters<typeof shopOf>[2]) =>
      reservationsOf(shopOf({ total: 9 }, calls, rows)).map(({ reservationId }) => reservationId);
    const held = reservation({ reservationId: 'h', quantity: 1, status: 'CONFIRMED' });
    const bought = said('register', 'ann', [20, 30], { hold: 'h', order: 'o', callId: 'c2' });
    const sold = order({ orderId: 'o', reservationId: 'h', quantity: 1 });
    expect(idsOf([reserved, bought], { orders: [sold], reservations: [held] })).toEqual(['h']);

    const bens = buys('ben', { order: 'o2', callId: 'c3' });
    const orders = ['o2', 'o9'].map((orderId) => order({ orderId, quantity: 1 }));
    expect(idsOf([reserved, bens], { orders, reservations: [held] })).toEqual(['h', 'of o2']);

    const late = said('confirm', 'ann', [20, 30], { hold: 'h', newHold: 'n', callId: 'c2' });
    const second = reservation({ reservationId: 'n', quantity: 1, status: 'CONFIRMED' });
    const rows = { orders: orders.slice(0, 1), reservations: [held, second] };
    expect(idsOf([reserved, late, bens], rows)).toEqual(['h', 'n', 'of o2']);
  });

  it('is not made where rows are left that no call has, and calls that may have one', () => {
    const calls = [
      buys('ben', { order: 'o2', hold: 'b', callId: 'c3' }),
      said('reserve', 'ann', [0, 10], { hold: 'h', callId: 'c4' }),
      unanswered('reserve', 'dan', 0, { callId: 'c5' }),
      unanswered('reserve', 'eve', 0, { callId: 'c6' }),
    ];
    const reservations = [
      reservation({ reservationId: 'h' }),
      reservation({ reservationId: 'x' }),
      reservation({ reservationId: 'y', callId: 'c8' }),
      reservation({ reservationId: 'z', callId: 'c9' }),
    ];
    const orders = [order({ orderId: 'o2' })];
    const ids = reservationsOf(shopOf({ total: 9 }, calls, { orders, reservations })).map(
      ({ reservationId }) => reservationId,
    );
    expect(ids).not.toContain('b');
  });

  it('is of nobody if its order is', () => {
    const orders = [order({ orderId: 'o1' }), order({ orderId: 'o9' })];
    const evidence = shopOf({}, [buys('ann', { order: 'o1' })], { orders });
    expect(attributionOf(evidence)).toMatchObject({
      ...{ strangeOrders: 'o9', strangeReservations: 'of o9', likely: '', vague: '' },
    });
    const alike = shopOf({}, [buys('ann'), buys('ben')], { orders: [order({}), order({})] });
    expect(attributionOf(alike)).toMatchObject({
      ...{ strangeOrders: '', strangeReservations: '' },
      likely: 'order 1,order 2,of order 1,of order 2',
      vague: 'order 1,order 2,of order 1,of order 2',
    });
  });
});

describe('the books of a shop', () => {
  it('tell if they name orders as buyers do, have names of orders, and say whose their rows are', () => {
    const facts = (orders: LedgerOrder[], reservations?: LedgerReservation[]) => {
      const calls = [buys('ann', { order: 'o1' })];
      const rows = reservations === undefined ? { orders } : { orders, reservations };
      const { namesOrders, knowsOrderIds, knowsBuyers } = attributionOf(shopOf({}, calls, rows));
      return { namesOrders, knowsOrderIds, knowsBuyers };
    };
    const all = { namesOrders: true, knowsOrderIds: true, knowsBuyers: true };
    const whole = order({ orderId: 'o1', userId: 'ann' });
    expect(facts([whole])).toEqual(all);
    expect(facts([{ ...whole, orderId: '1' }])).toEqual({ ...all, namesOrders: false });
    expect(facts([whole, order({ userId: 'ann' })])).toEqual({ ...all, knowsOrderIds: false });
    expect(facts([{ ...whole, userId: 'u1' }])).toEqual({ ...all, knowsBuyers: false });
    expect(facts([whole], [reservation({ userId: 'u1' })])).toEqual({ ...all, knowsBuyers: false });
    expect(facts([], [reservation({ userId: 'ann' })])).toMatchObject({ knowsBuyers: true });
  });

  it('leave calls open of which they do not tell whether they happened', () => {
    const two = [loses('ann', { callId: 'c1' }), loses('ben', { callId: 'c2' })];
    expect(attributionOf(shopOf({}, two, { orders: [order({})] })).open).toBe('c1,c2');
    expect(attributionOf(shopOf({}, two, { reservations: [reservation({})] })).open).toBe('c1,c2');
    expect(attributionOf(shopOf({}, two, { orders: [] })).open).toBe('');
  });

  it('have the names that buyers were told in rows of payments, vouchers and attempts', () => {
    const rowsWith = (...orders: Partial<LedgerOrder>[]) => {
      const calls = [buys('ann', { order: 'o1' })];
      const evidence = shopOf({}, calls, { orders: orders.map(order) });
      const about = (orderId: string) => ({ orderId, userId: 'u1' });
      const rows = [about('1'), about('2')] as never[];
      const coded = rows.map((row, place) => ({ ...(row as object), code: `V${place}` }) as never);
      const ledger = { ...evidence.ledger, payments: rows, vouchers: coded, attempts: rows };
      const { payments, vouchers, attempts } = attribute({ ...evidence, ledger } as Evidence)
        .ledger as never;
      return { payments, vouchers, attempts };
    };
    const named = ['o1', '2'].map((orderId) => ({ orderId, userId: 'u1' }));
    expect(rowsWith({ orderId: '1', userId: 'ann' })).toMatchObject({
      ...{ payments: named, vouchers: named, attempts: named },
    });
    const asTheyAre = ['1', '2'].map((orderId) => ({ orderId, userId: 'u1' }));
    expect(rowsWith()).toMatchObject({ payments: asTheyAre, vouchers: asTheyAre });
    // Buyers of another kind say nothing.
    const nobodys = ['o1', '2'].map((orderId) => ({ orderId, userId: null }));
    expect(rowsWith({ orderId: '1', userId: 'u1' })).toMatchObject({
      ...{ payments: nobodys, vouchers: nobodys, attempts: named },
    });
    expect(rowsWith({ orderId: 'o1', userId: 'u1' })).toMatchObject({
      payments: [{ orderId: '1', userId: null }, { userId: null }],
    });
  });

  it('have the name that its buyer was told of a hold in the order that sold it', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'h' }),
      said('confirm', 'ann', [20, 30], { hold: 'h', order: 'o' }),
    ];
    const rows = {
      reservations: [reservation({ reservationId: '7', userId: 'ann', status: 'CONFIRMED' })],
      orders: [order({ orderId: 'o', reservationId: '7', userId: 'ann' })],
    };
    const evidence = shopOf({}, calls, rows);
    expect(ordersOf(evidence)).toMatchObject([{ orderId: 'o', reservationId: 'h' }]);
    expect(reservationsOf(evidence)).toMatchObject([{ reservationId: 'h' }]);
  });
});

describe('a reservation of a shop', () => {
  it('has the facts that its row leaves out and its call tells', () => {
    const calls = [said('reserve', 'ann', [0, 10], { callId: 'c1', hold: 'h', quantity: 2 })];
    const whole = { reservationId: 'h', userId: 'ann', quantity: 2, callId: 'c1' };
    expect(
      reservationsOf(shopOf({}, calls, { reservations: [reservation({ reservationId: 'h' })] })),
    ).toMatchObject([whole]);
    const other = { reservationId: '1', userId: 'ann' };
    expect(reservationsOf(shopOf({}, calls, { reservations: [reservation(other)] }))).toMatchObject(
      [whole],
    );
    expect(reservationsOf(shopOf({}, [], { reservations: [reservation({})] }))).toMatchObject([
      { reservationId: 'reservation 1', userId: null, quantity: 1, callId: null },
    ]);
  });

  it('is that of a declined attempt only if it came to nothing', () => {
    const calls = [
      said('attempt', 'ann', [0, 10], { callId: 'try' }),
      said('read', 'ann', [20, 30], { observed: { decision: 'FAILED' } }),
    ];
    const strange = (status: LedgerReservation['status']) => {
      const rows = [reservation({ userId: 'ann', status })];
      return attributionOf(shopOf({}, calls, { reservations: rows })).strangeReservations;
    };
    expect((['EXPIRED', 'CANCELLED'] as const).map(strange)).toEqual(['', '']);
    const standing = ['RESERVED', 'CONFIRMED'] as const;
    expect(standing.map(strange)).toEqual(['reservation 1', 'reservation 1']);
  });

  it('is one that a call surely made if it names it, and else one of several', () => {
    const calls = ['c1', 'c2'].map((callId) => said('reserve', 'ann', [0, 10], { callId }));
    const vague = (...rows: Partial<LedgerReservation>[]) =>
      attributionOf(shopOf({}, calls, { reservations: rows.map(reservation) })).vague;
    expect(vague({ callId: 'c1' }, { callId: 'c2' })).toBe('');
    expect(vague({}, {})).toBe('reservation 1,reservation 2');
  });

  it('is of its own call, though an order of nobody names it', () => {
    const calls = [said('reserve', 'ann', [0, 10], { hold: 'h' })];
    const rows = {
      reservations: [reservation({ reservationId: 'h', userId: 'ann' })],
      orders: [order({ orderId: 'o9', reservationId: 'h', userId: 'ann', status: 'FAILED' })],
    };
    expect(attributionOf(shopOf({}, calls, rows))).toMatchObject({
      ...{ strangeOrders: 'o9', strangeReservations: '' },
    });
  });

  it('is not of a purchase that was refused, whose units another call may have bought', () => {
    const calls = [
      refused('buy', 'ann', [0, 10], { callId: 'c1' }),
      loses('ann', { callId: 'c2' }),
    ];
    const callOf = (...given: Call[]) =>
      reservationsOf(
        shopOf({}, given, { reservations: [reservation({ userId: 'ann', callId: 'c1' })] }),
      )[0]?.callId;
    expect(callOf(...calls)).toBe('c2');
    expect(callOf(calls[0] as Call)).toBe('c1');
    const reserve = refused('reserve', 'ann', [0, 10], { callId: 'c1' });
    expect(callOf(reserve, calls[1] as Call)).toBe('c1');
    const registered = { ...(calls[0] as Call), kind: 'register' as const };
    expect(callOf(registered, calls[1] as Call)).toBe('c2');
  });

  it('is that of the calls that reserve, before it is that of a purchase, which need leave none', () => {
    const calls = [
      loses('ann', { callId: 'c1' }),
      unanswered('reserve', 'ann', 5, { callId: 'c2' }),
    ];
    const rows = [reservation({ userId: 'ann' })];
    expect(reservationsOf(shopOf({}, calls, { reservations: rows }))[0]?.callId).toBe('c2');
  });

  describe('that no call asked for', () => {
    const held = said('reserve', 'ann', [0, 5], { hold: 'h1', callId: 'c1' });
    const paid = said('confirm', 'ann', [8, 30], { hold: 'h1', callId: 'c2' });
    const row = (reservationId: string, facts: Partial<LedgerReservation> = {}) =>
      reservation({ reservationId, userId: 'ann', quantity: 1, status: 'CONFIRMED', ...facts });
    const lapsed = row('h1', { status: 'EXPIRED' });
    const strangeIn = (
      calls: Call[],
      reservations: LedgerReservation[],
      orders?: LedgerOrder[],
      facts: Parameters<typeof shopOf>[0] = {},
    ) =>
      attributionOf(
        shopOf(
          { total: 9, holdTtlMs: 10, ...facts },
          calls,
          orders === undefined ? { reservations } : { reservations, orders },
        ),
      ).strangeReservations;

    it('may be of a checkout that came after its hold had lapsed, one for each', () => {
      expect(strangeIn([held, paid], [lapsed, row('h2')])).toBe('');
      expect(strangeIn([held, paid], [lapsed, row('h2'), row('h3')])).toBe('h3');
      expect(strangeIn([held], [lapsed, row('h2')])).toBe('h2');
      const given = said('release', 'ann', [8, 30], { hold: 'h1', callId: 'c2' });
      expect(strangeIn([held, given], [lapsed, row('h2')])).toBe('h2');
      const declined = refused('confirm', 'ann', [8, 30], { hold: 'h1' });
      expect(strangeIn([held, declined], [lapsed, row('h2')])).toBe('h2');
      // The hold that it names was sold by it, so it made none.
      expect(strangeIn([held, paid], [row('h1'), row('h2')])).toBe('h2');
    });

    it('is of no checkout of another buyer, and of none if it names another call', () => {
      expect(strangeIn([held, paid], [lapsed, row('h2', { userId: 'ben' })])).toBe('h2');
      expect(strangeIn([held, paid], [lapsed, row('h2', { callId: 'c9' })])).toBe('h2');
      expect(strangeIn([held, paid], [lapsed, row('h2', { callId: 'c2' })])).toBe('');
      const nobodys = [lapsed, row('h2')].map((each) => ({ ...each, userId: null }));
      expect(strangeIn([held, paid], nobodys)).toBe('');
    });

    it('is of the checkout whose order names it', () => {
      const named = (orderId: string) => [
        order({ orderId: 'o1', reservationId: 'h1', userId: 'ann' }),
        order({ orderId, reservationId: 'h2', userId: 'ann' }),
      ];
      const both = [
        { ...paid, order: 'o1' },
        said('confirm', 'ann', [40, 50], { hold: 'h1', order: 'o2' }),
      ];
      expect(strangeIn([held, ...both], [row('h1'), row('h2')], named('o2'))).toBe('');
      expect(strangeIn([held, ...both.slice(0, 1)], [row('h1'), row('h2')], named('o9'))).toBe(
        'h2',
      );
    });

    it('stays one of nobody where others may buy', () => {
      expect(
        strangeIn([held, paid], [lapsed, row('h2')], undefined, { nobodyElseBuys: false }),
      ).toBe('h2');
    });

    it('may be of a checkout of any of several holds that are alike, if one of them is over', () => {
      const nameless = (facts: Partial<LedgerReservation>) =>
        reservation({ userId: 'ann', quantity: 1, ...facts });
      const two = [held, { ...held, hold: 'h2', callId: 'c3' }];
      const strangeWith = (...firsts: Partial<LedgerReservation>[]) =>
        strangeIn([...two, paid], [...firsts.map(nameless), nameless({ status: 'CONFIRMED' })]);
      const sold = { status: 'CONFIRMED' } as const;
      expect(strangeWith(sold, sold)).toBe('reservation 3');
      expect(strangeWith(sold, { status: 'EXPIRED' })).toBe('');
      expect(strangeWith(sold, { status: null })).toBe('');
      expect(strangeWith(sold, { status: 'RESERVED', lapsed: null })).toBe('');
      expect(strangeWith(sold, { status: 'RESERVED', lapsed: true })).toBe('');
      expect(strangeWith(sold, { status: 'RESERVED', lapsed: false })).toBe('reservation 3');
      expect(strangeWith(sold, { status: 'CANCELLED' })).toBe('reservation 3');
      expect(strangeWith(sold, { status: 'CANCELLED', lapsed: null })).toBe('reservation 3');
    });
  });
});

it('leaves the books of a server alone that promised neither orders nor reservations', () => {
  const evidence = evidenceOf(saleOf({ total: 3 }), [buys('ann')], {
    ledger: booksOf(saleOf(), []),
  });
  const without = keeping(evidence, 'inventory');
  expect(attribute(without)).toBe(without);
});
