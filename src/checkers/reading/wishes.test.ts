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
});
