import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { ofSomeLine } from '../../history/operation.ts';
import { noFalseSoldOut } from './no-false-sold-out.ts';

const one = saleOf({ total: 1 });
const check = noFalseSoldOut.check;
const statusOf = (...calls: Parameters<typeof evidenceOf>[1]) =>
  check(evidenceOf(one, calls)).status;

describe('no-false-sold-out', () => {
  it('is valid while somebody may have held the unit at some moment of the call', () => {
    const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
    expect(statusOf(held, refused('reserve', 'bob', [5, 6]))).toBe('valid');
    const back = said('release', 'ann', [20, 30], { hold: 'a' });
    expect(statusOf(held, back, refused('reserve', 'bob', [30, 40]))).toBe('valid');
  });

  it('allows that two purchases with one key, which are under way together, hold units each', () => {
    const key = { idempotencyKey: 'k' };
    const first = said('buy', 'ann', [0, 5], { ...key, order: 'o' });
    const second = unanswered('buy', 'ann', 2, key);
    const full = refused('buy', 'bob', [3, 4]);
    const two = saleOf({ total: 2 });
    expect(check(evidenceOf(two, [first, second, full])).status).toBe('valid');
    expect(check(evidenceOf(two, [first, full])).status).toBe('invalid');
    const other = saleOf({ total: 3 });
    expect(check(evidenceOf(other, [first, second, full])).status).toBe('invalid');
  });

  it('is invalid when the unit was free during the whole call, and explains it', () => {
    const { status, witness } = check(
      evidenceOf(one, [
        said('reserve', 'ann', [0, 10], { hold: 'a' }),
        said('release', 'ann', [20, 30], { hold: 'a' }),
        refused('reserve', 'bob', [31, 40]),
      ]),
    );
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('which leaves 1 unit free all along');
    expect(witness?.prose).toContain('back by 12:00:00.030 UTC (cancelled)');
  });

  it('tells of units that came back otherwise than by a cancelled hold', () => {
    const shown = (...calls: Call[]) => {
      const late = refused('reserve', 'bob', [1_500, 1_510]);
      const { witness } = check(evidenceOf(one, [...calls, late]));
      const how = witness?.prose.match(/\((\w+)\)$/)?.[1];
      return [how, ...(witness?.operations ?? []).map(({ kind }) => kind)];
    };
    const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
    const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
    const cancel = said('cancel', 'ann', [40, 50], { order: 'o' });
    expect(shown(held)).toEqual(['lapsed', 'reserve', 'reserve']);
    const again = said('cancel', 'ann', [60, 70], { order: 'o' });
    for (const calls of [[cancel], [cancel, again]]) {
      expect(shown(held, paid, ...calls)).toEqual(['cancelled', 'reserve', 'cancel', 'reserve']);
    }
    const attempt = said('attempt', 'ann', [0, 10]);
    const no = { observed: { decision: 'FAILED' }, code: 'PAYMENT_DECLINED' };
    const declined = [attempt, said('read', 'ann', [20, 30], no)];
    expect(shown(...declined)).toEqual(['declined', 'attempt', 'reserve']);
  });

  it('shows the last three that had come back, and the first call that gave each back', () => {
    const times = [60, 30, 50, 40];
    const calls = times.flatMap((atMs, place) => [
      said('reserve', `b${place}`, [place, 10], { hold: `h${place}` }),
      said('release', `b${place}`, [20, atMs], { hold: `h${place}` }),
      said('release', `b${place}`, [21, atMs], { hold: `h${place}` }),
    ]);
    const { witness } = check(
      evidenceOf(saleOf({ total: 4 }), [...calls, refused('reserve', 'eve', [70, 80])]),
    );
    const [first, ...lines] = witness?.prose.split('\n') ?? [];
    expect(first).toMatch(/free all along\. The last that had come back by then:$/);
    expect(lines.map((line) => line.slice(0, 12))).toEqual([0, 2, 3].map((b) => `  - Buyer b${b}`));
    expect(witness?.operations.map(({ kind, buyer }) => `${kind} ${buyer}`)).toEqual([
      ...['reserve b0', 'reserve b2', 'reserve b3'],
      ...['release b0', 'release b2', 'release b3', 'reserve eve'],
    ]);
  });

  it('takes a unit that came back in the moment of the call for taken, and shows nothing then', () => {
    const { witness } = check(
      evidenceOf(saleOf({ total: 2 }), [
        said('reserve', 'ann', [0, 10], { hold: 'a' }),
        said('release', 'ann', [20, 30], { hold: 'a' }),
        refused('reserve', 'bob', [30, 40]),
      ]),
    );
    expect(witness?.prose).toMatch(/at most 1 unit can have been taken, .* free all along\.$/);
  });

  it('knows that a registration which was refused half-way leaves its hold until that lapses', () => {
    const full = (times: [number, number]) =>
      refused('register', 'bob', times, { code: 'CAMPAIGN_FULL' });
    const half = refused('register', 'ann', [0, 10], { code: 'CONTENTION_LOST' });
    expect(statusOf(half, full([1_105, 1_110]))).toBe('valid');
    expect(statusOf(half, full([1_111, 1_120]))).toBe('invalid');
    const buy = refused('buy', 'ann', [0, 10], { code: 'PAYMENT_DECLINED' });
    expect(statusOf(buy, full([1_105, 1_110]))).toBe('valid');
    const whole = refused('register', 'ann', [0, 10], { code: 'CAMPAIGN_FULL' });
    expect(statusOf(whole, full([0, 10]))).toBe('invalid');
  });

  it('takes a refusal that repeats a key for one as old as the first call with it', () => {
    const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
    const back = said('release', 'ann', [20, 30], { hold: 'a' });
    const again = refused('reserve', 'bob', [31, 40], { idempotencyKey: 'k' });
    const before = refused('reserve', 'bob', [5, 15], { idempotencyKey: 'k' });
    expect(statusOf(held, back, before, again)).toBe('valid');
    expect(statusOf(held, back, again)).toBe('invalid');
  });

  it('allows a lapsed hold its grace, to the nanosecond', () => {
    const held = said('reserve', 'ann', [0, 10]);
    expect(statusOf(held, refused('reserve', 'bob', [1_110, 1_120]))).toBe('valid');
    expect(statusOf(held, refused('reserve', 'bob', [1_110.000001, 1_120]))).toBe('invalid');
  });

  it('is valid while a call without an answer may have taken the unit', () => {
    const doubt = unanswered('reserve', 'ann', 0, { callId: 'try-ann' });
    const late = refused('reserve', 'bob', [9_000, 9_001]);
    expect(statusOf(doubt, late)).toBe('valid');
    expect(check(evidenceOf(one, [doubt, late], { ledger: booksOf(one, []) })).status).toBe(
      'invalid',
    );
  });

  it('is valid while a late checkout may have held the unit again, though it sold nothing', () => {
    const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
    const bob = refused('reserve', 'bob', [1_300, 1_310]);
    const late = { hold: 'a', callId: 'late' };
    const tooLate = { ...late, code: 'RESERVATION_EXPIRED' };
    expect(statusOf(held, refused('confirm', 'ann', [1_200, 1_300], tooLate), bob)).toBe('valid');
    expect(statusOf(held, refused('confirm', 'ann', [1_200, 1_299], tooLate), bob)).toBe('invalid');

    const shown = (checkout: Parameters<typeof evidenceOf>[1][number], entries: Entry[]) =>
      check(evidenceOf(one, [held, checkout, bob], { ledger: booksOf(one, entries) })).status;
    const lapsed: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
    ];
    const again: Entry[] = [
      { kind: 'RESERVED', hold: 'b', buyer: 'ann', callId: 'late' },
      { kind: 'EXPIRED', hold: 'b', buyer: 'ann' },
    ];
    for (const checkout of [
      unanswered('confirm', 'ann', 1_200, late),
      refused('confirm', 'ann', [1_200, 1_300], tooLate),
    ]) {
      expect(shown(checkout, lapsed)).toBe('invalid');
      expect(shown(checkout, [...lapsed, ...again])).toBe('valid');
    }
  });

  it('compares units: a refusal of three is right while two are free', () => {
    const four = saleOf({ total: 4 });
    const calls = (quantity: number) => [
      said('reserve', 'ann', [0, 10], { quantity: 2 }),
      refused('reserve', 'bob', [20, 30], { quantity }),
    ];
    expect(check(evidenceOf(four, calls(3))).status).toBe('valid');
    expect(check(evidenceOf(four, calls(2))).status).toBe('invalid');
  });

  it('counts by the total of the ledger, because a wrong total is no fault of the refusals', () => {
    const ten = saleOf({ total: 10 });
    const refusal = refused('reserve', 'bob', [20, 30], { sequence: 1 });
    const calls = [said('reserve', 'ann', [0, 10], { hold: 'a' }), refusal];
    const ledger = booksOf(one, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
    expect(check(evidenceOf(ten, calls, { ledger })).status).toBe('valid');
    expect(check(evidenceOf(ten, calls)).status).toBe('invalid');
  });

  it('counts what a purchase of tickets left, and a later one of the same buyer paid for, from the first on', () => {
    const tickets = saleOf({ skus: [{ skuId: SKU, total: 1, soldBy: 'tickets' }] });
    const refusal = refused('buy', 'bob', [20, 30]);
    const paid = said('buy', 'ann', [100, 110], { hold: 'a', order: 'order-a' });
    const judged = (...calls: Call[]) => check(evidenceOf(tickets, [...calls, refusal, paid]));
    expect(judged(unanswered('buy', 'ann', 5)).status).toBe('valid');
    expect(judged(refused('buy', 'ann', [5, 8], { code: 'PAYMENT_UNAVAILABLE' })).status).toBe(
      'valid',
    );
    expect(judged(unanswered('buy', 'ann', 31)).status).toBe('invalid');
  });

  it('judges a refusal by its number: the ledger had a unit after that movement', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [12, 40], { hold: 'a' }),
    ];
    const ledger = booksOf(one, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
    ]);
    const decidedAfter = (sequence: number) =>
      check(
        evidenceOf(one, [...calls, refused('reserve', 'bob', [5, 30], { sequence })], { ledger }),
      );
    expect(decidedAfter(1).status).toBe('valid');
    expect(decidedAfter(2).status).toBe('invalid');
    expect(decidedAfter(2).witness?.operations).toMatchObject([{ buyer: 'bob' }]);
    expect(decidedAfter(0).status).toBe('invalid');
  });

  it('allows a refusal without a number the lag of its target, and a refusal with a number none', () => {
    const lagging = { ...one, refusalLagMs: 50 };
    const released = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [20, 30], { hold: 'a' }),
    ];
    const verdict = (...call: Parameters<typeof refused>) =>
      check(evidenceOf(lagging, [...released, refused(...call)]));
    expect(verdict('reserve', 'bob', [80, 85]).status).toBe('valid');
    expect(verdict('reserve', 'bob', [80, 85], { sequence: 2 }).status).toBe('invalid');
    const late = verdict('reserve', 'bob', [80.000001, 85]);
    expect(late.status).toBe('invalid');
    expect(late.witness?.prose).toContain('From 50 ms before the call to the refusal');
  });

  describe('of a basket that is refused without a word of which line', () => {
    const skus = [SKU, 'CUP'].map((skuId) => ({ skuId, total: 2 }));
    const both = saleOf({ skus });
    const shop = { ...both, shop: 'corner-shop' };
    const lines = (times: [number, number], quantity = 1, buyer = 'bob') =>
      [SKU, 'CUP'].map((sku) =>
        refused('reserve', buyer, times, {
          ...{ sku, quantity, basket: buyer, code: ofSomeLine('OUT_OF_STOCK') },
        }),
      );
    const cups = [
      said('reserve', 'ann', [0, 10], { sku: 'CUP', hold: 'a' }),
      said('release', 'ann', [20, 30], { sku: 'CUP', hold: 'a' }),
    ];

    it('is valid if one line may have been sold out', () => {
      expect(check(evidenceOf(both, [...cups, ...lines([5, 40], 2)]))).toEqual({
        status: 'valid',
        summary: 'each of 1 refusal may have met an empty stock',
      });
      const other = lines([5, 40]).map((line) => ({
        ...line,
        ...(line.sku === SKU && { sku: 'HAT' }),
      }));
      expect(check(evidenceOf(both, [...cups, ...other])).status).toBe('valid');
    });

    it('is invalid if every line could be had, and shows how many units', () => {
      for (const sale of [both, shop]) {
        const { status, witness } = check(evidenceOf(sale, [...cups, ...lines([5, 40])]));
        expect(status).toBe('invalid');
        expect(witness?.prose).toContain('; 1 unit of 2 stayed free all along');
        expect(witness?.operations).toHaveLength(2);
      }
    });

    it('says nothing of one that was refused for another reason', () => {
      const code = ofSomeLine('ALREADY_RESERVED');
      const others = lines([5, 40]).map((line) => ({ ...line, code }));
      expect(check(evidenceOf(both, others)).status).toBe('skipped');
    });

    it('counts what other baskets of a described shop may have had meanwhile, and not its own', () => {
      const statusIn = (sale: typeof both, calls: Call[]) => check(evidenceOf(sale, calls)).status;
      expect(statusIn(shop, lines([31, 40], 2))).toBe('invalid');
      const others = lines([30, 35], 2, 'cid');
      expect(statusIn(shop, [...lines([31, 40], 1), ...others])).toBe('valid');
      expect(statusIn(both, [...lines([31, 40], 1), ...others])).toBe('invalid');
    });

    it('allows the lag of its target', () => {
      const lagging = { ...shop, refusalLagMs: 50 };
      const late = (fromMs: number) =>
        check(evidenceOf(lagging, [...cups, ...lines([fromMs, 90], 2)])).status;
      expect(late(80)).toBe('valid');
      expect(late(80.000001)).toBe('invalid');
    });
  });

  it('judges only refusals for want of stock, by the codes of the target', () => {
    const limited = refused('reserve', 'bob', [0, 1], { code: 'ALREADY_RESERVED' });
    expect(statusOf(limited)).toBe('skipped');
    const german = { ...one, refusals: { AUSVERKAUFT: 'sold-out' as const } };
    const call = refused('reserve', 'bob', [0, 1], { code: 'AUSVERKAUFT' });
    expect(check(evidenceOf(german, [call])).status).toBe('invalid');
  });
});

itCatches(noFalseSoldOut, [
  ...(['false-sold-out', 'false-basket-sold-out', 'false-sold-out-of-some-line'] as const),
]);
