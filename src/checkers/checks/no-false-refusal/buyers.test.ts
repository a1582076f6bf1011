import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  keeping,
  refused,
  SKU,
  said,
  unanswered,
} from '../../../../test/judge/story.ts';
import { bought, check, givenBack, held, inBooks, sale, statusOf } from './testing/refusals.ts';

describe('"you have a hold already"', () => {
  const told = (times: [number, number], facts: Partial<Call> = {}) =>
    refused('reserve', 'ann', times, { code: 'ALREADY_RESERVED', ...facts });

  it('is true while the buyer may have had one at some moment of the call', () => {
    expect(statusOf(held, told([5, 6]))).toBe('valid');
    expect(statusOf(held, givenBack, told([30, 40]))).toBe('valid');
    expect(statusOf(held, givenBack, told([30.000001, 40]))).toBe('invalid');
    expect(statusOf(held, told([1_110, 1_120]))).toBe('valid');
    expect(statusOf(held, told([1_111, 1_120]))).toBe('invalid');
  });

  it('is false of a buyer whose hold is another buyer’s, of another SKU, or sold', () => {
    expect(statusOf({ ...held, buyer: 'bob' }, told([20, 30]))).toBe('invalid');
    expect(statusOf({ ...held, sku: 'SKU-2' }, told([20, 30]))).toBe('invalid');
    expect(statusOf(held, bought, told([40, 50]))).toBe('invalid');
    expect(statusOf(held, bought, told([30, 50]))).toBe('valid');
  });

  it('is true while a call without an answer may have made one, unless the ledger denies it', () => {
    const doubt = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
    expect(statusOf(doubt, told([9_000, 9_001]))).toBe('valid');
    expect(inBooks([], doubt, told([9_000, 9_001]))).toBe('invalid');
    const made: Entry[] = [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }];
    expect(inBooks(made, doubt, told([9_000, 9_001]))).toBe('valid');
  });

  it('is true while a checkout may have taken units again for a late payment', () => {
    const paying = unanswered('confirm', 'ann', 20, { hold: 'a', status: 202 });
    expect(statusOf(held, paying, told([5_000, 5_001]))).toBe('valid');
    const late = refused('confirm', 'ann', [1_500, 1_600], {
      hold: 'a',
      code: 'RESERVATION_EXPIRED',
    });
    expect(statusOf(held, late, told([1_550, 1_560]))).toBe('valid');
    expect(statusOf(held, late, told([1_450, 1_460]))).toBe('invalid');
  });

  it('is true while a registration that was refused half-way may have left one', () => {
    const lost = refused('register', 'ann', [0, 10], { code: 'CONTENTION_LOST' });
    expect(statusOf(lost, told([20, 30]))).toBe('valid');
    expect(statusOf(lost, told([1_200, 1_201]))).toBe('invalid');
    // The ledger would have its row.
    expect(inBooks([], lost, told([20, 30]))).toBe('invalid');
    const tried = { ...told([20, 30]), kind: 'attempt' as const };
    expect(statusOf(lost, tried)).toBe('valid');
    expect(statusOf({ ...lost, buyer: 'bob' }, tried)).toBe('invalid');
    const line = { ...told([20, 30]), basket: 'b' };
    expect(statusOf(lost, line)).toBe('valid');
    expect(statusOf({ ...lost, basket: 'c' }, line)).toBe('valid');
    expect(statusOf({ ...lost, basket: 'b' }, line)).toBe('invalid');
  });

  it('is true while a refused checkout may have left the units that it took again', () => {
    const declined = refused('confirm', 'ann', [1_500, 1_600], {
      ...{ hold: 'a', code: 'PAYMENT_DECLINED' },
    });
    expect(statusOf(held, declined, told([2_690, 2_700]))).toBe('valid');
    expect(statusOf(held, declined, told([2_710, 2_720]))).toBe('invalid');
  });

  it('is false of the units that the refused checkout itself took again and gave back', () => {
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'n', buyer: 'ann', callId: 'pay-a' },
      { kind: 'RELEASED', hold: 'n', buyer: 'ann' },
    ];
    const late = refused('confirm', 'ann', [2_000, 2_010], {
      ...{ hold: 'a', callId: 'pay-a', code: 'ALREADY_RESERVED' },
    });
    expect(inBooks(entries, held, late)).toBe('invalid');
    expect(
      inBooks(entries, held, { ...late, code: 'PAYMENT_DECLINED' }, told([2_005, 2_006])),
    ).toBe('valid');
  });

  it('may be true of a SKU that was on sale before, and of a buyer whom nobody knows', () => {
    const skus = [{ skuId: SKU, total: 5, wasOnSale: true }];
    expect(check(evidenceOf({ ...sale, skus }, [told([20, 30])])).status).toBe('valid');
    expect(statusOf(told([20, 30]))).toBe('invalid');
    expect(statusOf(told([20, 30], { buyer: undefined }))).toBe('valid');
  });

  it('is false of a purchase that nobody else can have held units for', () => {
    const buy = refused('buy', 'ann', [0, 10], { code: 'ALREADY_RESERVED' });
    expect(statusOf(buy)).toBe('invalid');
    expect(statusOf(refused('buy', 'ann', [0, 1], { code: 'CONTENTION_LOST' }), buy)).toBe('valid');
  });

  it('is true while a second purchase with one key may hold what the first has bought', () => {
    const key = { idempotencyKey: 'k' };
    const first = said('buy', 'ann', [0, 10], { ...key, order: 'o' });
    expect(statusOf(first, told([20, 30]))).toBe('invalid');
    expect(statusOf(first, unanswered('buy', 'ann', 5, key), told([20, 30]))).toBe('valid');
    const again = said('buy', 'ann', [5, 15], { ...key, order: 'o' });
    expect(statusOf(first, again, told([20, 30]))).toBe('valid');
    expect(statusOf(first, again, told([1_200, 1_210]))).toBe('invalid');
  });

  it('is true while nobody knows which call made a row of the ledger', () => {
    const row: Entry[] = [{ kind: 'RESERVED', hold: 'z', buyer: 'ann', callId: 'pay-z' }];
    expect(inBooks(row, told([20, 30]))).toBe('valid');
  });

  it('is judged at the moment of the first call with its key', () => {
    const key = { idempotencyKey: 'k' };
    expect(statusOf(held, givenBack, told([25, 26], key), told([40, 50], key))).toBe('valid');
    expect(statusOf(held, givenBack, told([31, 32], key), told([40, 50], key))).toBe('invalid');
  });

  it('is judged exactly by its number: the buyer’s movements up to that one', () => {
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
    ];
    const slow = said('release', 'ann', [20, 90], { hold: 'a' });
    const at = (sequence: number) => inBooks(entries, held, slow, told([40, 50], { sequence }));
    expect(at(1)).toBe('valid');
    expect(at(2)).toBe('invalid');
  });

  it('is not judged by its number where no reservations tell whose movements those are', () => {
    const entries: Entry[] = [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }];
    const calls = [held, told([20, 30], { sequence: 1 })];
    const evidence = evidenceOf(sale, calls, { ledger: booksOf(sale, entries) });
    expect(check(keeping(evidence, 'inventory', 'movement')).status).toBe('valid');
  });
});

describe('"you have it already, reserved or bought"', () => {
  const either = { ...sale, refusals: { TWICE: 'has-one' } as const };
  const judged = (entries: Entry[] | undefined, ...calls: Call[]) => {
    const rest = entries === undefined ? {} : { ledger: booksOf(either, entries) };
    return check(evidenceOf(either, calls, rest)).status;
  };
  const told = (times: [number, number], facts: Partial<Call> = {}) =>
    refused('reserve', 'ann', times, { code: 'TWICE', ...facts });

  it('is true of a hold and of a purchase, and of nothing else', () => {
    expect(judged(undefined, held, told([20, 30]))).toBe('valid');
    expect(judged(undefined, held, bought, told([5_000, 5_001]))).toBe('valid');
    expect(judged(undefined, held, givenBack, told([40, 50]))).toBe('invalid');
    expect(judged(undefined, told([40, 50]))).toBe('invalid');
    const half = refused('buy', 'ann', [0, 10], { code: 'RIVAL' });
    expect(judged(undefined, half, told([40, 50]))).toBe('valid');
  });

  it('is judged exactly by its number', () => {
    const own = { hold: 'a', buyer: 'ann', callId: 'try-a' };
    const entries: Entry[] = [
      { kind: 'RESERVED', ...own },
      { kind: 'SOLD', ...own },
      { kind: 'RETURNED', ...own },
    ];
    const cancelled = said('cancel', 'ann', [40, 90], { order: 'order-a' });
    const at = (sequence: number) =>
      judged(entries, held, bought, cancelled, told([60, 70], { sequence }));
    expect([1, 2, 3].map(at)).toEqual(['valid', 'valid', 'invalid']);
  });
});

describe('"you have bought it already"', () => {
  const told = (times: [number, number], facts: Partial<Call> = {}) =>
    refused('reserve', 'ann', times, { code: 'ALREADY_PURCHASED', ...facts });

  it('is true from the checkout to the answer to the cancellation', () => {
    expect(statusOf(held, bought, told([15, 19]))).toBe('invalid');
    expect(statusOf(held, bought, told([15, 20]))).toBe('valid');
    const cancelled = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    expect(statusOf(held, bought, cancelled, told([50, 60]))).toBe('valid');
    expect(statusOf(held, bought, cancelled, told([51, 60]))).toBe('invalid');
  });

  it('is true while a checkout without an answer may have sold it', () => {
    const paying = unanswered('confirm', 'ann', 20, { hold: 'a' });
    expect(statusOf(held, paying, told([40, 50]))).toBe('valid');
    const unsold: Entry[] = [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }];
    expect(inBooks(unsold, held, paying, told([40, 50]))).toBe('invalid');
  });

  it('is judged exactly by its number', () => {
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ];
    const at = (sequence: number) => inBooks(entries, held, bought, told([25, 26], { sequence }));
    expect(at(1)).toBe('invalid');
    expect(at(2)).toBe('valid');
  });

  it('is what a buyer is told who has registered, and false of anybody else', () => {
    const again = refused('register', 'ann', [40, 50], { code: 'ALREADY_REGISTERED' });
    expect(statusOf(said('register', 'ann', [0, 10], { order: 'o' }), again)).toBe('valid');
    expect(statusOf(again)).toBe('invalid');
  });

  it('is false before the registration that bought it, and may be true while that is under way', () => {
    const registered = said('register', 'ann', [20, 30], { order: 'o' });
    const early = (toMs: number) =>
      refused('register', 'ann', [0, toMs], { code: 'ALREADY_REGISTERED' });
    expect(statusOf(early(19), registered)).toBe('invalid');
    expect(statusOf(early(20), registered)).toBe('valid');
  });
});

describe('a buyer has a hold or a purchase', () => {
  const told = (code: string, times: [number, number], facts: Partial<Call> = {}) =>
    refused('reserve', 'ann', times, { code, ...facts });
  const hasHold = (times: [number, number], facts: Partial<Call> = {}) =>
    told('ALREADY_RESERVED', times, facts);

  it('by a checkout that names no SKU, though an earlier call about its hold did', () => {
    const late = refused('confirm', 'ann', [1_500, 1_600], {
      ...{ hold: 'a', sku: undefined, code: 'RESERVATION_EXPIRED' },
    });
    expect(statusOf(held, late, hasHold([1_550, 1_560]))).toBe('valid');
  });

  it('by a checkout that may have been done, and not by one that reached nobody', () => {
    const late = (call: Call) => statusOf(held, call, hasHold([5_000, 5_001]));
    expect(late(unanswered('confirm', 'ann', 4_000, { hold: 'a' }))).toBe('valid');
    const unsent = { status: 0, code: 'ECONNREFUSED' };
    const register = (facts: Partial<Call>) => refused('register', 'ann', [4_500, 4_600], facts);
    expect(late(register({ code: 'CONTENTION_LOST' }))).toBe('valid');
    expect(late(register(unsent))).toBe('invalid');
  });

  it('by each of two registrations that were refused half-way, to the end of its grace', () => {
    const lost = (fromMs: number) =>
      refused('register', 'ann', [fromMs, fromMs + 10], { code: 'CONTENTION_LOST' });
    expect(statusOf(lost(0), lost(5_000), hasHold([20, 30]))).toBe('valid');
    expect(statusOf(lost(0), hasHold([1_109, 1_111]))).toBe('valid');
    expect(statusOf(lost(0), hasHold([1_115, 1_116]))).toBe('invalid');
  });

  it('from the moment at which a registration was first tried', () => {
    const first = refused('register', 'ann', [0, 5], { code: 'CONTENTION_LOST' });
    const yes = said('register', 'ann', [40, 50], { order: 'o' });
    const reserved = told('ALREADY_RESERVED', [20, 30]);
    expect(statusOf(first, reserved, yes)).toBe('valid');
    expect(statusOf(reserved, yes)).toBe('invalid');
    const purchased = told('ALREADY_PURCHASED', [20, 30]);
    expect(statusOf(first, purchased, yes)).toBe('invalid');
  });

  it('maybe by a row without a call id, which may be that of an earlier call', () => {
    const row = (callId?: string): Entry[] => [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', ...(callId && { callId }) },
    ];
    const doubt = unanswered('reserve', 'ann', 100, { callId: 'try-a' });
    expect(inBooks(row(), hasHold([20, 30]), doubt)).toBe('valid');
    expect(inBooks(row('try-a'), hasHold([20, 30]), doubt)).toBe('invalid');
  });

  const entries = (...kinds: Entry['kind'][]): Entry[] =>
    kinds.map((kind) => ({ kind, hold: 'a', buyer: 'ann', callId: 'try-a' }));

  it('by its number only as far as the movements are known', () => {
    const slow = said('release', 'ann', [20, 90], { hold: 'a' });
    const at = (sequence: number) =>
      inBooks(entries('RESERVED', 'RELEASED'), held, slow, hasHold([40, 50], { sequence }));
    expect(at(2)).toBe('invalid');
    expect(at(3)).toBe('valid');
  });

  it('by its number, if one of several reservations is there', () => {
    const again: Entry = { kind: 'RESERVED', hold: 'b', buyer: 'ann', callId: 'try-b' };
    const next = said('reserve', 'ann', [35, 38], { hold: 'b', callId: 'try-b' });
    const books = [...entries('RESERVED', 'RELEASED'), again];
    expect(inBooks(books, held, givenBack, next, hasHold([40, 50], { sequence: 3 }))).toBe('valid');
  });

  it('no more once its purchase was cancelled, by its number', () => {
    const slow = said('cancel', 'ann', [40, 90], { order: 'order-a' });
    const at = (sequence: number) =>
      inBooks(
        entries('RESERVED', 'SOLD', 'RETURNED'),
        ...[held, bought, slow, told('ALREADY_PURCHASED', [60, 70], { sequence })],
      );
    expect(at(2)).toBe('valid');
    expect(at(3)).toBe('invalid');
  });
});
