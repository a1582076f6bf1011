import { describe, expect, it } from 'vitest';
import {
  booksOf,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { callsThatSucceeded, firstSuccesses } from './attempts.ts';
import { indexLedger, ofBuyer } from './ledger-index.ts';
import { findWishes } from './wishes.ts';

const sale = saleOf({ total: 9 });
const success = (times: [number, number]) =>
  said('read', 'ann', times, { observed: { decision: 'SUCCESS' } });

describe('attempts that succeeded', () => {
  it('are known from the first answer that says so', () => {
    const pending = said('read', 'ann', [1, 2], { observed: { decision: 'PENDING' } });
    const stock = said('read', 'ann', [0, 1], { observed: { available: 9 } });
    const calls = [
      said('attempt', 'ann', [0, 1]),
      stock,
      pending,
      success([3, 9]),
      success([4, 8]),
    ];
    const evidence = evidenceOf(sale, calls);
    expect([...firstSuccesses(evidence)]).toEqual([[ofBuyer(SKU, 'ann'), 8e6]]);
  });

  it('are none of a buyer who also took units otherwise, whom the attempt may have found to be an owner', () => {
    for (const kind of ['reserve', 'register', 'buy'] as const) {
      const calls = [
        said('attempt', 'ann', [0, 1]),
        said(kind, 'ann', [2, 3], { hold: 'a' }),
        success([4, 5]),
      ];
      const evidence = evidenceOf(sale, calls);
      const wishes = findWishes(evidence);
      expect(callsThatSucceeded(wishes, firstSuccesses(evidence), undefined), kind).toEqual([]);
    }
  });

  it('are the accepted one, else the one in the ledger, else the first', () => {
    const first = unanswered('attempt', 'ann', 0, { callId: 'try-1' });
    const second = unanswered('attempt', 'ann', 1, { callId: 'try-2' });
    const accepted = said('attempt', 'ann', [2, 3], { callId: 'try-3' });
    const ledger = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-2' }]);
    const chosen = (calls: (typeof first)[], rest = {}) => {
      const evidence = evidenceOf(sale, [...calls, success([4, 5])], rest);
      const { index } = indexLedger(evidence);
      const succeeded = callsThatSucceeded(findWishes(evidence), firstSuccesses(evidence), index);
      return succeeded.map(({ callId }) => callId);
    };
    expect(chosen([first, second, accepted], { ledger })).toEqual(['try-3']);
    expect(chosen([first, second], { ledger })).toEqual(['try-2']);
    expect(chosen([first, second])).toEqual(['try-1']);

    // The ledger names one of the calls that repeat a key.
    const key = { idempotencyKey: 'wish-2' };
    const repeated = [
      unanswered('attempt', 'ann', 1, { ...key, callId: 'try-0' }),
      unanswered('attempt', 'ann', 2, { ...key, callId: 'try-2' }),
    ];
    expect(chosen([first, ...repeated], { ledger })).toEqual(['try-0']);

    const turnedAway = refused('attempt', 'ann', [-2, -1], { callId: 'try-0' });
    expect(chosen([turnedAway, first])).toEqual(['try-1']);
  });
});
