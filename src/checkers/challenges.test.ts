import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, refused, said, saleOf } from '../../test/judge/story.ts';
import type { Challenge } from '../history/operation.ts';
import { judge } from './verdict.ts';

const reasons = (challenge: Challenge, calls: Call[]) =>
  judge(evidenceOf(saleOf({ total: 9, challenges: [challenge] }), calls)).inconclusiveBecause;

const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const paid = (times: [number, number]) => said('confirm', 'ann', times, { hold: 'a' });
const given = (times: [number, number]) => refused('release', 'ann', times, { hold: 'a' });
const used = (times: [number, number]) => said('redeem', 'ann', times, { voucher: 'CODE' });
const again = (times: [number, number]) => said('reserve', 'ann', times, { idempotencyKey: 'k' });

describe('a run proves something about a race only if there was one', () => {
  it.each<[Challenge, string, Call[], Call[]]>([
    [
      'hold-race',
      'nobody raced for its end',
      [held, paid([20, 30]), given([30, 40])],
      [held, paid([20, 30]), given([31, 40])],
    ],
    ['hold-race', 'nobody raced for its end', [held, paid([990, 1_000])], [held, paid([980, 999])]],
    [
      'late-payment',
      'no payment was under way',
      [held, paid([20, 1_000])],
      [held, paid([20, 999]), given([1_000, 1_010])],
    ],
    [
      'cancelled-order',
      'no order was cancelled',
      [held, said('cancel', 'ann', [20, 21], { order: 'o' })],
      [held, refused('cancel', 'ann', [20, 21], { order: 'o' })],
    ],
    [
      'double-redemption',
      'nobody raced for its one use',
      [used([0, 10]), used([10, 20])],
      [used([0, 10]), used([11, 20])],
    ],
    [
      'repeated-call',
      'no call was repeated',
      [again([0, 10]), again([5, 20])],
      [again([0, 10]), again([11, 20])],
    ],
    [
      'shared-account',
      'no account asked',
      [held, said('reserve', 'ann', [5, 15])],
      [held, said('reserve', 'bob', [5, 15])],
    ],
  ])('%s: %s', (challenge, reason, happened, missed) => {
    expect(reasons(challenge, happened)).toEqual([]);
    expect(reasons(challenge, missed)).toEqual([expect.stringContaining(reason)]);
  });
});
