import { describe, expect, it } from 'vitest';
import {
  notValidIn,
  order,
  reservation,
  shopOf,
  wrongIn,
} from '../../../test/judge/foreign-story.ts';
import { type Call, refused, SKU, said, unanswered } from '../../../test/judge/story.ts';
import type { LedgerReservation, LedgerVoucher } from '../../protocol/ledger.ts';
import { tellNamesakesApart } from './namesakes.ts';

const TTL = { total: 1, holdTtlMs: 1_000 };

const held = (buyer: string, [fromMs, toMs]: [number, number], facts: Partial<Call> = {}): Call =>
  said('reserve', buyer, [fromMs, toMs], { hold: 'h1', ...facts });
const back = (buyer: string, fromMs: number, facts: Partial<Call> = {}): Call =>
  said('release', buyer, [fromMs, fromMs + 2], { hold: 'h1', ...facts });
const paid = (buyer: string, fromMs: number, order?: string, facts: Partial<Call> = {}): Call =>
  said('confirm', buyer, [fromMs, fromMs + 2], { hold: 'h1', order, ...facts });

/** The checks that do not find it valid, in a shop with one unit whose holds live 1,000 ms. */
const wrong = (calls: Call[], rows: Parameters<typeof shopOf>[2] = {}, facts = {}): string[] =>
  Object.keys(notValidIn(shopOf({ ...TTL, ...facts }, calls, rows)));

const invalid = (calls: Call[]): string[] => Object.keys(wrongIn(shopOf(TTL, calls)));

/** The names of holds, orders and vouchers in the calls, each told from its namesakes. */
const names = (calls: Call[], facts = {}): (string | undefined)[] =>
  tellNamesakesApart(shopOf({ ...TTL, ...facts }, calls)).operations.map(
    ({ hold, order, voucher }) => [hold, order, voucher].filter((name) => name).join(' '),
  );

const TWO_UNITS = { quantity: 2 };

const zoes = (fromMs: number) => said('reserve', 'zoe', [fromMs, fromMs + 2], { hold: 'h9' });

describe('a hold that has the name of one before it', () => {
  it('may be given once that one is given back, to its buyer or to another', () => {
    const ann = [held('ann', [0, 5]), back('ann', 10), held('ann', [20, 25]), back('ann', 30)];
    expect(wrong([...ann, zoes(40)])).toEqual([]);
    expect(wrong([...ann, held('bob', [40, 45]), paid('bob', 50)])).toEqual([]);
    expect(wrong([...ann.slice(0, 3), zoes(40)])).toEqual(['never-oversold']);
    expect(wrong([...ann, held('bob', [40, 45]), held('cid', [50, 55])])).toContain(
      'never-oversold',
    );
  });

  it('may be given once that one has lapsed', () => {
    const lapsed = [held('ann', [0, 5]), held('bob', [1_200, 1_205])];
    expect(wrong([...lapsed, back('bob', 1_300), zoes(1_400)])).toEqual([]);
    expect(wrong([...lapsed, zoes(1_400)])).toEqual(['never-oversold']);
    expect(wrong([...lapsed, paid('bob', 1_300, 'o1'), zoes(2_600)])).toEqual(['never-oversold']);
  });

  it('may be given once what a late checkout took instead is given back, whatever rows have its name', () => {
    const late = [
      held('ann', [0, 5]),
      paid('ann', 1_100, undefined, { newHold: 'n1' }),
      said('cancel', 'ann', [1_110, 1_112], { hold: 'n1' }),
      held('ann', [1_120, 1_125]),
    ];
    const row = (reservationId: string, status: LedgerReservation['status']) =>
      reservation({ reservationId, status, userId: 'ann', quantity: 1 });
    const rows = (status: LedgerReservation['status']) => ({
      reservations: [row('h1', 'EXPIRED'), row('n1', status), row('h1', 'RESERVED')],
    });
    const kept = late.filter(({ kind }) => kind !== 'cancel');
    const older = { skus: [{ skuId: SKU, total: 9, wasOnSale: true }], nobodyElseBuys: false };
    expect(wrong(late, rows('CANCELLED'))).toEqual([]);
    expect(wrong(late, rows('CANCELLED'), older)).toEqual([]);
    expect(wrong(kept, rows('CONFIRMED'))).toContain('one-per-buyer');
    expect(wrong(kept, rows('CONFIRMED'), older)).toContain('one-per-buyer');
    expect(wrong(kept)).toContain('one-per-buyer');
  });

  it('may be given once that one is bought, and is sold to an order of its own', () => {
    const twice = [
      ...[held('ann', [0, 5]), paid('ann', 10, 'o1')],
      ...[held('ann', [20, 25]), paid('ann', 30, 'o2')],
    ];
    const many = { total: 2, unitsPerBuyerMax: 2 };
    expect(wrong(twice, {}, many)).toEqual([]);
    expect(wrong(twice, {}, { unitsPerBuyerMax: 2 })).toEqual(['never-oversold']);
    expect(wrong([...twice.slice(0, 3), back('ann', 30)], {}, many)).toEqual([]);
    expect(wrong([...twice.slice(0, 2), held('bob', [20, 25])], {}, many)).toEqual([]);
    expect(wrong([...twice.slice(0, 2), back('ann', 30)], {}, many)).toEqual(['legal-transitions']);
  });

  it('is one that is told again, where a buyer who has bought it asks for it once more', () => {
    const again = [held('ann', [0, 5]), paid('ann', 10, 'o1'), held('ann', [20, 25])];
    expect(wrong(again)).toEqual([]);
    expect(wrong([...again, paid('ann', 30, 'o1')])).toEqual([]);
    expect(names(again)).toEqual(['h1', 'h1 o1', 'h1']);
  });

  it('is no other one while the first is surely there, whoever is told of it', () => {
    expect(wrong([held('ann', [0, 5]), held('bob', [20, 25])])).toContain('ownership');
    expect(wrong([held('ann', [0, 5]), held('ann', [20, 25])])).toEqual([]);
    const early = [held('ann', [0, 5]), held('bob', [900, 999])];
    expect(wrong(early)).toContain('ownership');
    expect(wrong([held('ann', [0, 5]), held('bob', [900, 1_000])])).toEqual([]);
  });

  it('is another one where it is of another SKU', () => {
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 1 }));
    const other = { sku: 'SKU-2' };
    const calls = [held('ann', [0, 5]), held('bob', [6, 9], other)];
    expect(
      wrong([...calls, paid('ann', 20, 'o1'), paid('bob', 20, 'o2', other)], {}, { skus }),
    ).toEqual([]);
    expect(
      names([...calls, paid('ann', 20), paid('bob', 21, undefined, { sku: undefined })], { skus }),
    ).toEqual([...['h1', 'h1 (2)', 'h1', 'h1 (2)']]);
    const ofAnn = [held('ann', [0, 5]), held('ann', [6, 9], other)];
    const unnamed = { sku: undefined };
    expect(names([...ofAnn, paid('ann', 20, 'o1', unnamed)], { skus }).at(-1)).toBe('o1');
    expect(names([...ofAnn, paid('ann', 20, 'o1', other)], { skus }).at(-1)).toBe('h1 (2) o1');
  });
});

describe('a call that names several', () => {
  const first = [held('ann', [0, 5]), back('ann', 10)];

  it('is about the one that its buyer had then', () => {
    const calls = [...first, held('bob', [20, 25]), back('bob', 30), held('ann', [40, 45])];
    expect(names([...calls, paid('ann', 50)])).toEqual([
      ...['h1', 'h1', 'h1 (2)', 'h1 (2)', 'h1 (3)', 'h1 (3)'],
    ]);
    expect(names([...calls.slice(0, 3), back('ann', 30)]).at(-1)).toBe('h1');
    expect(names([...calls.slice(0, 3), back('eve', 30)]).at(-1)).toBe('h1 (2)');
    expect(
      names([back('ann', 1), held('ann', [4, 6]), back('ann', 10), held('bob', [40, 45])])[0],
    ).toBe('');
  });

  it('may be about each of them if it was under way when the name was given again', () => {
    const lost = unanswered('release', 'ann', 10, { hold: 'h1' });
    const calls = [first[0] as Call, lost, held('ann', [20, 25])];
    expect(names([...calls, back('ann', 30), held('ann', [40, 45])])).toEqual([
      ...['h1', '', 'h1 (2)', 'h1 (2)', 'h1 (3)'],
    ]);
    const under = said('release', 'ann', [10, 22], { hold: 'h1' });
    const lapsed = [
      first[0] as Call,
      { ...under, completedAtNs: 1_300e6 },
      held('ann', [1_200, 1_250]),
    ];
    expect(names(lapsed)).toEqual(['h1', '', 'h1 (2)']);
    expect(wrong(lapsed)).toEqual([]);
  });

  it('is about the first if nothing else can have ended it before another one got the name', () => {
    const under = said('release', 'ann', [10, 22], { hold: 'h1' });
    const other = { quantity: 2 };
    const calls = [first[0] as Call, under, held('ann', [20, 25], other)];
    const many = { total: 2, unitsPerBuyerMax: 2 };
    expect(names(calls, many)).toEqual(['h1', 'h1', 'h1 (2)']);
    expect(wrong(calls, {}, many)).toEqual([]);
    expect(wrong([...calls, zoes(40)], {}, many)).toEqual(['never-oversold']);
  });

  it('may have ended the first after that was told again', () => {
    const under = said('release', 'ann', [10, 22], { hold: 'h1' });
    const calls = [first[0] as Call, under, held('ann', [20, 25])];
    expect(names(calls)).toEqual(['h1', '', 'h1 (2)']);
    expect(invalid([...calls, zoes(40)])).toEqual([]);
    const lost = unanswered('release', 'ann', 10, { hold: 'h1' });
    expect(invalid([first[0] as Call, lost, held('ann', [20, 25]), zoes(40)])).toEqual([]);
  });

  it('is judged by that one if it was refused', () => {
    const refusals = { ended: 'hold-ended' } as const;
    const told = (toMs: number) =>
      refused('confirm', 'ann', [toMs - 3, toMs], { hold: 'h1', code: 'ended' });
    const again = held('ann', [20, 25]);
    expect(wrong([...first, told(18), again], {}, { refusals })).toEqual([]);
    expect(wrong([...first, again, told(30)], {}, { refusals })).toEqual(['no-false-refusal']);
  });

  it('may be the reason why another one was refused', () => {
    const refusals = { ordered: 'hold-ordered' as const };
    const calls = [
      held('ann', [0, 5]),
      said('confirm', 'ann', [990, 1_200], { hold: 'h1', newHold: 'n1', order: 'o1' }),
      refused('confirm', 'ann', [991, 999], { hold: 'h1', code: 'ordered' }),
      held('ann', [1_010, 1_015]),
    ];
    const facts = { refusals, total: 5, unitsPerBuyerMax: 5 };
    expect(wrong(calls, {}, facts)).toEqual([]);
    const others = calls.with(1, { ...(calls[1] as Call), buyer: 'bob' });
    expect(wrong(others, {}, facts)).toContain('no-false-refusal');
  });

  it('is one wish with one that repeats its key', () => {
    const key = { idempotencyKey: 'k1' };
    const calls = [
      held('ann', [0, 5], key),
      back('ann', 10),
      held('bob', [20, 25]),
      held('ann', [30, 35], key),
    ];
    expect(names(calls)).toEqual(['h1', 'h1', 'h1 (2)', 'h1']);
    expect(wrong(calls)).toEqual([]);
  });
});

describe('calls of one wish', () => {
  const returned = (fromMs: number, idempotencyKey: string) =>
    back('ann', fromMs, { idempotencyKey });
  const twice = (last: string) => [
    ...[held('ann', [0, 5]), returned(10, 'k1'), held('ann', [20, 25]), returned(30, last)],
    held('ann', [40, 45]),
  ];

  it('are about the thing that the first of them was about', () => {
    expect(names(twice('k1')).slice(0, 4)).toEqual(['h1', 'h1', 'h1 (2)', 'h1']);
    expect(names(twice('k2')).slice(0, 4)).toEqual(['h1', 'h1', 'h1 (2)', 'h1 (2)']);
  });

  it('are each about its own thing, where one of them names another', () => {
    const other = { hold: 'h2', code: 'NOT_FOUND', idempotencyKey: 'k1' };
    const calls = [
      ...[held('ann', [0, 5]), refused('release', 'ann', [7, 8], other), back('ann', 10)],
      ...[held('ann', [20, 25]), returned(30, 'k1')],
    ];
    expect(names(calls).at(-1)).toBe('h1 (2)');
  });

  it('are about the thing that any of them tells, where the first got no answer', () => {
    const key = { hold: 'h1', idempotencyKey: 'k1' };
    const calls = [
      held('ann', [0, 5]),
      unanswered('release', 'ann', 8, key),
      back('ann', 10, key),
      held('ann', [20, 25]),
    ];
    expect(names(calls)).toEqual(['h1', 'h1', 'h1', 'h1 (2)']);
    const other = unanswered('release', 'ann', 8, { ...key, idempotencyKey: 'k2' });
    expect(names(calls.with(1, other))).toEqual(['h1', '', 'h1', 'h1 (2)']);
  });
});

describe('the evidence of a shop that gives names again', () => {
  const told = (calls: Call[], rows: Parameters<typeof shopOf>[2] = {}) =>
    tellNamesakesApart(shopOf({ ...TTL, total: 5 }, calls, rows));
  const others = [
    held('dan', [100, 105], { hold: 'h9' }),
    said('register', 'eve', [110, 115], { order: 'o9', voucher: 'V9' }),
  ];
  const again = [held('ann', [0, 5]), back('ann', 10), held('bob', [20, 25]), ...others];
  const lost = unanswered('release', 'ann', 10, { hold: 'h1' });
  const maybeAgain = [held('ann', [0, 5]), lost, held('ann', [20, 25]), ...others];
  const ids = ['h1', 'h9', null];
  const reservations = ids.map((reservationId) => reservation({ reservationId }));
  const idsIn = (evidence: ReturnType<typeof told>) =>
    evidence.ledger?.reservations.map(({ reservationId }) => reservationId);

  it('is as it was where a name is only told again', () => {
    const evidence = shopOf(TTL, [held('ann', [0, 5]), held('ann', [20, 25])], { reservations });
    expect(tellNamesakesApart(evidence)).toBe(evidence);
  });

  it('takes the names of the same sort for shared, where one was surely given again', () => {
    const evidence = told(again, { reservations });
    expect(idsIn(evidence)).toEqual(['h1 in row 1', 'h9 in row 2', null]);
    expect(evidence.sharedNames).toEqual(
      new Set(['h1', 'h1 (2)', 'h9', 'h1 in row 1', 'h9 in row 2']),
    );
  });

  it('takes only that name for shared which may have been given again', () => {
    const evidence = told(maybeAgain, { reservations });
    expect(idsIn(evidence)).toEqual(['h1 in row 1', 'h9', null]);
    expect(evidence.sharedNames).toEqual(new Set(['h1', 'h1 (2)', 'h1 in row 1']));
  });

  it('takes all for shared where one name was surely given again, and another one maybe', () => {
    const first = maybeAgain.slice(0, 3);
    const calls = [
      ...first,
      ...[held('cid', [50, 55], { hold: 'h2' }), back('cid', 60, { hold: 'h2' })],
      ...[held('dan', [70, 75], { hold: 'h2' }), ...others],
    ];
    expect(idsIn(told(calls, { reservations }))).toEqual(['h1 in row 1', 'h9 in row 2', null]);
  });

  it('tells things of all sorts apart', () => {
    const register = (fromMs: number, buyer: string) =>
      said('register', buyer, [fromMs, fromMs + 5], { hold: 'h1', order: 'o1', voucher: 'V1' });
    const cancel = said('cancel', 'ann', [10, 12], { order: 'o1' });
    expect(names([register(0, 'ann'), cancel, register(20, 'bob')])).toEqual([
      'h1 o1 V1',
      'o1',
      'h1 (2) o1 (2) V1 (2)',
    ]);
  });
});

describe('rows of names that were given again', () => {
  const row = (userId: string, facts: Parameters<typeof reservation>[0] = {}) =>
    reservation({ reservationId: 'h1', userId, quantity: 1, ...facts });
  const calls = [held('ann', [0, 5]), back('ann', 10), held('bob', [20, 25])];

  it('may be one for each name, of whoever had it last', () => {
    expect(wrong(calls, { reservations: [row('bob')] })).toEqual([]);
    expect(
      wrong(calls, { reservations: [row('ann', { status: 'CANCELLED' }), row('bob')] }),
    ).toEqual([]);
    expect(wrong(calls, { reservations: [row('bob'), row('cid')] })).toContain('no-phantom');
  });

  it('may be of a call without an answer, which got the name as well', () => {
    const others = [
      said('release', 'bob', [30, 32], { hold: 'h1' }),
      unanswered('reserve', 'cid', 40),
    ];
    expect(wrong([...calls, ...others], { reservations: [row('cid')] })).toEqual([]);
    const elsewhere = [
      ...calls,
      held('dan', [20, 25], { hold: 'h2' }),
      back('dan', 30, { hold: 'h2' }),
    ];
    const two = { total: 2 };
    const rows = [row('bob'), row('cid', { reservationId: 'h2' })];
    expect(
      wrong([...elsewhere, unanswered('reserve', 'cid', 40)], { reservations: rows }, two),
    ).toEqual([]);
  });

  it('may be of another quantity, which a call of the same buyer without an answer asked for', () => {
    const own = [held('ann', [0, 5]), back('ann', 10), unanswered('reserve', 'ann', 20, TWO_UNITS)];
    const facts = { total: 2, unitsPerBuyerMax: 2 };
    const two = row('ann', { quantity: 2 });
    expect(wrong(own, { reservations: [two] }, facts)).toEqual([]);
    expect(wrong(own.slice(0, 2), { reservations: [two] }, facts)).toContain(
      'no-lost-acknowledged',
    );
    const ones = own.with(2, unanswered('reserve', 'ann', 20));
    expect(wrong(ones, { reservations: [two] }, facts)).toContain('no-lost-acknowledged');
    const told = own.with(2, held('ann', [20, 25], { ...TWO_UNITS, hold: 'h2' }));
    const rows = [two, row('ann', { reservationId: 'h2', quantity: 2 })];
    expect(wrong(told, { reservations: rows }, facts)).toContain('no-lost-acknowledged');
    const bobs = own.with(2, unanswered('reserve', 'bob', 20, TWO_UNITS));
    const ofBob = row('bob', { quantity: 2 });
    expect(wrong(bobs, { reservations: [ofBob] }, facts)).toContain('ownership');
  });

  it('are counted', () => {
    const rows = ['bob', 'cid'].map((userId) => row(userId, { reservationId: `of ${userId}` }));
    const cids = unanswered('reserve', 'cid', 40);
    expect(wrong([...calls, cids], { reservations: rows })).toContain('never-oversold');
  });

  it('do not tell whose order was for a seat that is somebody else’s now', () => {
    const orders = [
      order({
        orderId: 'o1',
        reservationId: 'h1',
        userId: 'ann',
        quantity: 1,
        status: 'CANCELLED',
      }),
      order({ orderId: 'o2', reservationId: 'h1', userId: 'bob', quantity: 1 }),
    ];
    const bought = [
      ...[
        said('buy', 'ann', [0, 5], { order: 'o1' }),
        said('cancel', 'ann', [6, 9], { order: 'o1' }),
      ],
      said('buy', 'bob', [20, 25], { order: 'o2' }),
    ];
    const rows = { orders, reservations: [row('bob', { status: 'CONFIRMED' })] };
    expect(wrong(bought, rows)).toEqual([]);
  });
});

describe('an order or a voucher that has the name of one before it', () => {
  const bought = (buyer: string, [fromMs, toMs]: [number, number], facts: Partial<Call> = {}) =>
    said('register', buyer, [fromMs, toMs], { order: 'o1', voucher: 'V1', ...facts });
  const cancelled = (buyer: string, fromMs: number) =>
    said('cancel', buyer, [fromMs, fromMs + 2], { order: 'o1' });
  const used = (buyer: string, fromMs: number) =>
    said('redeem', buyer, [fromMs, fromMs + 2], { voucher: 'V1' });

  it('may be given once that one is cancelled', () => {
    const calls = [bought('ann', [0, 5]), cancelled('ann', 10), bought('bob', [20, 25])];
    expect(names([...calls, used('bob', 30)])).toEqual(['o1 V1', 'o1', 'o1 (2) V1 (2)', 'V1 (2)']);
    expect(wrong([...calls, used('bob', 30)])).toEqual([]);
    expect(wrong([...calls, used('bob', 30), used('bob', 40)])).toContain('single-redemption');
    expect(wrong([...calls, bought('cid', [40, 45], { order: 'o2' })])).toContain('never-oversold');
    expect(wrong([bought('ann', [0, 5]), bought('bob', [20, 25])])).toContain('ownership');
  });

  it('may be told again after any time, where a cancellation got no answer', () => {
    const lost = unanswered('cancel', 'ann', 10, { order: 'o1' });
    const calls = [bought('ann', [0, 5]), lost, bought('ann', [1_200, 1_205])];
    const orders = [order({ orderId: 'o1', userId: 'ann', quantity: 1 })];
    expect(names(calls)).toEqual(['o1 V1', '', 'o1 (2) V1 (2)']);
    expect(wrongIn(shopOf(TTL, calls, { orders }))).toEqual({});
  });

  it('may have been cancelled by the name of its hold, or without any', () => {
    const first = bought('ann', [0, 5], { hold: 'h1' });
    for (const hold of ['h1', undefined]) {
      const cancel = said('cancel', 'ann', [10, 12], { hold });
      expect(wrong([first, cancel, bought('bob', [20, 25])])).toEqual([]);
    }
  });

  it('has one row, or one for each', () => {
    const calls = [bought('ann', [0, 5]), cancelled('ann', 10), bought('bob', [20, 25])];
    const row = (userId: string, status: 'CONFIRMED' | 'CANCELLED' = 'CONFIRMED') =>
      order({ orderId: 'o1', userId, quantity: 1, status });
    expect(wrong(calls, { orders: [row('bob')] })).toEqual([]);
    expect(wrong(calls, { orders: [row('bob'), row('ann', 'CANCELLED')] })).toEqual([]);
    expect(wrong(calls, { orders: [row('bob'), row('ann')] })).toContain('never-oversold');
  });

  it('may have rows of each voucher with one code, of which any was used', () => {
    const voucher = (voucherId: string, usedAt: string | null): LedgerVoucher => ({
      ...{ row: 'voucher', voucherId, code: 'V1', campaignId: null, skuId: SKU, userId: 'ann' },
      ...{ orderId: null, issuedAt: null, usedAt, usedByCallId: null },
    });
    const again = unanswered('register', 'ann', 40);
    const calls = [bought('ann', [0, 5]), used('ann', 10), again];
    const facts = { total: 2, unitsPerBuyerMax: 2 };
    const orders = [order({ orderId: 'o1', userId: 'ann', quantity: 1 })];
    const wrongWith = (...vouchers: LedgerVoucher[]) => wrong(calls, { orders, vouchers }, facts);
    const [first, second] = [voucher('v1', '2026-01-01T12:00:00.011Z'), voucher('v2', null)];
    expect(wrongWith(first, second)).toEqual([]);
    expect(wrongWith({ ...first, code: 'V9' }, second)).toContain('no-lost-acknowledged');
  });

  it('may be told before anybody knows that it is paid', () => {
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 1 }));
    const calls = [
      held('ann', [0, 5]),
      unanswered('confirm', 'ann', 10, { hold: 'h1', order: 'o1', status: 202 }),
      held('bob', [20, 25], { hold: 'h2', sku: 'SKU-2' }),
      said('confirm', 'bob', [30, 35], { hold: 'h2', order: 'o1', sku: 'SKU-2' }),
    ];
    expect(names(calls, { skus }).at(-1)).toBe('h2 o1 (2)');
  });
});
