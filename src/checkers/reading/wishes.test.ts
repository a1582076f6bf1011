import { describe, expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf, unanswered } from '../../../test/judge/story.ts';
import { findWishes } from './wishes.ts';

const key = { idempotencyKey: 'wish-1' };

describe('the wishes behind the calls', () => {
  it('are the calls themselves where no key is repeated', () => {
    const evidence = evidenceOf(saleOf(), [
      said('reserve', 'ann', [0, 1], { callId: 'try-1', ...key }),
    ]);
    const { calls, callIdsOf, isRepeated } = findWishes(evidence);
    expect(calls).toBe(evidence.operations);
    expect(calls.map(callIdsOf)).toEqual([['try-1']]);
    expect(calls.some(isRepeated)).toBe(false);
  });

  it('fold repetitions into one call: begun with the first, answered with the first yes', () => {
    const { operations, ...rest } = evidenceOf(saleOf(), [
      unanswered('reserve', 'ann', 0, { ...key, callId: 'try-1' }),
      said('reserve', 'ann', [2, 9], { ...key, callId: 'try-2', hold: 'late' }),
      said('reserve', 'ann', [3, 4], { ...key, callId: 'try-3', hold: 'early' }),
    ]);
    const { calls, callIdsOf, isRepeated, decidedFromNs } = findWishes({ ...rest, operations });
    expect(operations.map(decidedFromNs)).toEqual([0, 0, 0]);
    expect(calls).toMatchObject([
      { id: 1, outcome: 'ok', invokedAtNs: 0, completedAtNs: 4e6, hold: 'early' },
    ]);
    expect(calls.map(callIdsOf)).toEqual([['try-1', 'try-2', 'try-3']]);
    expect(operations.map(callIdsOf)).toEqual(operations.map(() => ['try-1', 'try-2', 'try-3']));
    expect(operations.every(isRepeated)).toBe(true);
  });

  it('leave a refused repetition apart', () => {
    const evidence = evidenceOf(saleOf(), [
      said('reserve', 'ann', [0, 5], key),
      refused('reserve', 'ann', [1, 2], { ...key, code: 'IN_FLIGHT' }),
    ]);
    const { calls, isRepeated } = findWishes(evidence);
    expect(calls).toBe(evidence.operations);
    expect(calls.every(isRepeated)).toBe(true);
  });

  it('leave it apart in a described shop too, whose yes may be as old as the refusal', () => {
    const evidence = evidenceOf(saleOf({ shop: 'corner-shop' }), [
      refused('buy', 'ann', [1, 2], { ...key, code: 'IN_FLIGHT' }),
      said('buy', 'ann', [3, 5], { ...key, hold: 'h', order: 'o' }),
    ]);
    const { calls, isRepeated, decidedFromNs } = findWishes(evidence);
    expect(calls.every(isRepeated)).toBe(true);
    expect(calls.map(decidedFromNs)).toEqual([1e6, 1e6]);
  });

  it('are open while no call got a yes, and answered by the first of two at once', () => {
    const { calls } = findWishes(
      evidenceOf(saleOf(), [
        unanswered('reserve', 'ann', 0, { ...key, callId: 'try-1' }),
        unanswered('reserve', 'ann', 1, { ...key, callId: 'try-2' }),
        said('reserve', 'bob', [2, 9], { ...key, hold: 'first' }),
        said('reserve', 'bob', [3, 9], { ...key, hold: 'second' }),
        said('release', 'ann', [4, 5], key),
      ]),
    );
    expect(calls).toMatchObject([
      { buyer: 'ann', outcome: 'info', callId: 'try-1' },
      { buyer: 'bob', outcome: 'ok', hold: 'first' },
      { buyer: 'ann', kind: 'release' },
    ]);
  });

  it('have no call ids where the calls have none', () => {
    const bare = findWishes(
      evidenceOf(saleOf(), [unanswered('reserve', 'ann', 0), unanswered('reserve', 'bob', 1, key)]),
    );
    expect(bare.calls.map(bare.callIdsOf)).toEqual([[], []]);
    const folded = findWishes(
      evidenceOf(saleOf(), [
        unanswered('reserve', 'ann', 0, key),
        unanswered('reserve', 'ann', 1, { ...key, callId: 'try-2' }),
      ]),
    );
    expect(folded.calls.map(folded.callIdsOf)).toEqual([['try-2']]);
  });

  it('tell which call is second to another one with its key', () => {
    const { operations, ...rest } = evidenceOf(saleOf(), [
      said('reserve', 'ann', [0, 9], key),
      said('reserve', 'ann', [1, 8], key),
      refused('reserve', 'ann', [2, 7], key),
      said('reserve', 'ben', [3, 6]),
    ]);
    const { isSecond, decidedFromNs } = findWishes({ ...rest, operations });
    expect(operations.map(isSecond)).toEqual([false, true, false, false]);
    expect(operations.map(decidedFromNs)).toEqual([0, 0, 0, 3e6]);
  });

  it('have the order, and its SKU, that one of their calls was told of while it is still to be paid', () => {
    const pays = (atMs: number, facts = {}) =>
      unanswered('confirm', 'ann', atMs, { ...key, hold: 'h', sku: undefined, ...facts });
    const folded = (...calls: ReturnType<typeof pays>[]) =>
      findWishes(evidenceOf(saleOf(), calls)).calls.map(({ order, sku }) => [order, sku]);
    const told = { order: 'o', sku: 'CUP' };
    expect(folded(pays(0), pays(1, told))).toEqual([['o', 'CUP']]);
    expect(folded(pays(0), pays(1), pays(2, told))).toEqual([['o', 'CUP']]);
    expect(folded(pays(0, { sku: 'MUG' }), pays(1, told))).toEqual([['o', 'MUG']]);
    expect(folded(pays(0, { order: 'p' }), pays(1, told))).toEqual([['p', undefined]]);
    expect(folded(pays(0), pays(1))).toEqual([[undefined, undefined]]);
    const paid = said('confirm', 'ann', [2, 5], { ...key, hold: 'h' });
    expect(folded(pays(0), pays(1, told), paid)).toEqual([[undefined, 'SKU-1']]);
  });
});

describe('the attempts of a buyer', () => {
  const attempt = (fromMs: number, facts = {}) =>
    said('attempt', 'ann', [fromMs, fromMs + 5], { callId: `try-${fromMs}`, order: 'o', ...facts });
  const folded = (...calls: ReturnType<typeof attempt>[]) => {
    const { calls: wishes, callIdsOf } = findWishes(evidenceOf(saleOf(), calls));
    return wishes.map((call) => callIdsOf(call).join());
  };

  it('are one wish if they were accepted with one id', () => {
    expect(folded(attempt(0), attempt(1))).toEqual(['try-0,try-1']);
    expect(folded(attempt(0), attempt(1, { callId: undefined }))).toEqual(['try-0']);
    const between = said('read', 'zoe', [1, 2]);
    expect(folded(attempt(0), between, attempt(5))).toEqual(['try-0,try-5', '']);
    const held = { order: undefined, hold: 'h' };
    expect(folded(attempt(0, held), attempt(1, held))).toEqual(['try-0,try-1']);
    expect(folded(attempt(0), attempt(1), said('read', 'zoe', [9, 10]))).toEqual([
      'try-0,try-1',
      '',
    ]);
    const keyed = [attempt(0, key), attempt(1, key), attempt(2)];
    expect(folded(...keyed)).toEqual(['try-0,try-1,try-2']);
  });

  it('are several if their ids differ, or nobody was told of one', () => {
    for (const other of [
      { order: 'p' },
      { order: undefined },
      { hold: 'h' },
      { sku: 'CUP' },
      { buyer: 'ben' },
      { kind: 'buy' as const },
      { outcome: 'info' as const },
    ]) {
      expect(folded(attempt(0), attempt(1, other))).toEqual(['try-0', 'try-1']);
    }
    const nameless = { order: undefined };
    expect(folded(attempt(0, nameless), attempt(1, nameless))).toEqual(['try-0', 'try-1']);
  });
});

it('takes a second answer of a described shop that tells of one thing for a repetition, but none to an attempt', () => {
  const facts = { hold: 'h', order: 'o' };
  const repeatedIn = (kind: 'buy' | 'attempt') => {
    const { operations, ...rest } = evidenceOf(saleOf({ shop: 'corner-shop' }), [
      said(kind, 'ann', [0, 5], facts),
      said(kind, 'ann', [6, 9], facts),
    ]);
    const { calls, isRepeated, decidedFromNs } = findWishes({ ...rest, operations });
    expect(calls).toHaveLength(1);
    return [operations.map(isRepeated), operations.map(decidedFromNs)];
  };
  expect(repeatedIn('buy')).toEqual([
    [false, true],
    [0, 0],
  ]);
  expect(repeatedIn('attempt')).toEqual([
    [false, false],
    [0, 6e6],
  ]);
});
