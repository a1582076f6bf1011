import { describe, expect, it } from 'vitest';
import {
  booksOf,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { findDecisions } from './decisions.ts';

const sale = saleOf({ total: 9 });
const shop = saleOf({ total: 9, shop: 'corner-shop' });
const told = (
  decision: string,
  times: [number, number],
  facts: Parameters<typeof said>[3] = {},
  buyer = 'ann',
) => said('read', buyer, times, { ...facts, observed: { decision } });

/** The decisions over the attempts of a story, each with the ms at which it was told first; `?` marks doubt. */
function decisionsOf(...[facts, calls, rest]: Parameters<typeof evidenceOf>): string[] {
  const evidence = evidenceOf(facts, calls, rest);
  const { over } = findDecisions(evidence);
  return evidence.operations
    .filter(({ kind }) => kind === 'attempt')
    .map((attempt) => {
      const decision = over(attempt);
      if (decision === undefined) return 'open';
      const { isYes, isSure, read } = decision;
      return `${isYes ? 'yes' : 'no'} ${read.completedAtNs / 1e6}${isSure ? '' : '?'}`;
    });
}

describe('the decision over an attempt', () => {
  it('is known from the first answer that tells it', () => {
    const calls = [
      said('attempt', 'ann', [0, 1]),
      told('PENDING', [1, 2]),
      said('read', 'ann', [0, 1], { observed: { available: 9 } }),
      told('SUCCESS', [3, 9]),
      told('SUCCESS', [4, 8]),
    ];
    expect(decisionsOf(sale, calls)).toEqual(['yes 8']);
    expect(decisionsOf(sale, calls.slice(0, 3))).toEqual(['open']);
  });

  it('is a yes if it was ever one', () => {
    const calls = [said('attempt', 'ann', [0, 1]), told('FAILED', [2, 3]), told('SUCCESS', [4, 5])];
    expect(decisionsOf(sale, calls)).toEqual(['yes 5']);
  });

  it('goes by the id that the answer to the attempt gave', () => {
    const calls = [
      said('attempt', 'ann', [0, 1], { order: 'c1' }),
      said('attempt', 'ann', [0, 2], { order: 'c2' }),
      said('attempt', 'ann', [0, 3], { order: 'c3' }),
      told('SUCCESS', [4, 5], { order: 'c2' }),
      told('FAILED', [5, 6], { order: 'c1' }),
      told('PENDING', [5, 6], { order: 'c3' }),
    ];
    expect(decisionsOf(shop, calls)).toEqual(['no 6', 'yes 5', 'open']);
    const held = calls.map(({ order, ...call }) => ({ ...call, hold: order ?? '' }));
    expect(decisionsOf(shop, held)).toEqual(['no 6', 'yes 5', 'open']);
  });

  it('is not that of an attempt of another buyer with the same id', () => {
    const calls = [
      said('attempt', 'ann', [0, 1], { order: 'line' }),
      said('attempt', 'bob', [0, 2], { order: 'line' }),
      told('FAILED', [4, 5], { order: 'line' }),
      told('SUCCESS', [5, 6], { order: 'line' }, 'bob'),
    ];
    expect(decisionsOf(shop, calls)).toEqual(['no 5', 'yes 6']);
    const nameless = calls.map((call) => (call.kind === 'read' ? { ...call, buyer: '' } : call));
    const anybodys = nameless.map(({ buyer, ...call }) => (buyer ? { ...call, buyer } : call));
    expect(decisionsOf(shop, anybodys)).toEqual(['open', 'open']);
  });

  it('is one for all attempts of a buyer that were answered with the same id', () => {
    const calls = [
      said('attempt', 'ann', [0, 1], { order: 'c1' }),
      said('attempt', 'ann', [2, 3], { order: 'c1' }),
      told('SUCCESS', [4, 5], { order: 'c1' }),
    ];
    expect(decisionsOf(shop, calls)).toEqual(['yes 5', 'open']);
  });

  it('goes by the buyer where there is no id, and then leaves open which of several it is about', () => {
    const twice = [said('attempt', 'ann', [0, 1]), said('attempt', 'ann', [0, 2])];
    expect(decisionsOf(shop, [...twice, told('FAILED', [4, 5])])).toEqual(['no 5?', 'no 5?']);
    expect(decisionsOf(shop, [...twice, told('SUCCESS', [4, 5])])).toEqual(['yes 5?', 'open']);
    expect(decisionsOf(shop, [...twice.slice(1), told('SUCCESS', [4, 5])])).toEqual(['yes 5']);
  });

  it('is none of a buyer who also took units otherwise, whom the attempt may have found to be an owner', () => {
    for (const kind of ['reserve', 'register', 'buy'] as const) {
      const calls = [
        said('attempt', 'ann', [0, 1]),
        said(kind, 'ann', [2, 3], { hold: 'a' }),
        told('SUCCESS', [4, 5]),
      ];
      expect(decisionsOf(sale, calls), kind).toEqual(['open']);
    }
    // Not those that were asked for when the decision had been told.
    const tried = said('attempt', 'ann', [0, 1]);
    const reserves = (ms: number) => said('reserve', 'ann', [ms, ms + 9]);
    expect(decisionsOf(sale, [tried, told('SUCCESS', [4, 5]), reserves(5)])).toEqual(['yes 5']);
    const twice = [tried, reserves(4), reserves(7), told('SUCCESS', [4, 6])];
    expect(decisionsOf(sale, twice)).toEqual(['open']);
  });

  it('is that of the accepted attempt, else of the one in the ledger, else of the first', () => {
    const first = unanswered('attempt', 'ann', 0, { callId: 'try-1' });
    const second = unanswered('attempt', 'ann', 1, { callId: 'try-2' });
    const accepted = said('attempt', 'ann', [2, 3], { callId: 'try-3' });
    const ledger = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-2' }]);
    const chosen = (calls: (typeof first)[], rest = {}) =>
      decisionsOf(sale, [...calls, told('SUCCESS', [4, 5])], rest);
    expect(chosen([first, second, accepted], { ledger })).toEqual(['open', 'open', 'yes 5']);
    expect(chosen([first, second], { ledger })).toEqual(['open', 'yes 5']);
    expect(chosen([first, second])).toEqual(['yes 5', 'open']);

    // The ledger names one of the calls that repeat a key.
    const key = { idempotencyKey: 'wish-2' };
    const repeated = [
      unanswered('attempt', 'ann', 1, { ...key, callId: 'try-0' }),
      unanswered('attempt', 'ann', 2, { ...key, callId: 'try-2' }),
    ];
    expect(chosen([first, ...repeated], { ledger })).toEqual(['open', 'yes 5', 'open']);

    const turnedAway = refused('attempt', 'ann', [-2, -1], { callId: 'try-0' });
    expect(chosen([turnedAway, first])).toEqual(['open', 'yes 5']);
  });

  it('is none of an attempt with a name either, if its buyer also took units otherwise', () => {
    const calls = [
      said('attempt', 'ann', [0, 1], { order: 'c1' }),
      said('reserve', 'ann', [2, 3], { hold: 'a' }),
    ];
    expect(decisionsOf(sale, [...calls, told('SUCCESS', [4, 5], { order: 'c1' })])).toEqual([
      'open',
    ]);
    expect(decisionsOf(sale, [...calls, told('FAILED', [4, 5], { order: 'c1' })])).toEqual([
      'no 5',
    ]);
    const turnedAway = [said('attempt', 'ann', [0, 1]), refused('reserve', 'ann', [2, 3])];
    expect(decisionsOf(sale, [...turnedAway, told('SUCCESS', [4, 5])])).toEqual(['yes 5']);
  });

  it('without a name is about the attempts that have none yet', () => {
    const calls = [
      said('attempt', 'ann', [0, 1], { order: 'c1' }),
      said('attempt', 'ann', [0, 2]),
      told('SUCCESS', [4, 5], { order: 'c1' }),
    ];
    expect(decisionsOf(shop, [...calls, told('FAILED', [6, 7])])).toEqual(['yes 5', 'no 7?']);
    expect(decisionsOf(shop, [...calls, told('SUCCESS', [6, 7])])).toEqual(['yes 5', 'open']);
  });

  it('is told by an answer that names no buyer or SKU, if its id is that of one attempt', () => {
    const attempt = said('attempt', 'ann', [0, 1], { order: 'c1' });
    const read = told('SUCCESS', [4, 5], { order: 'c1' });
    for (const nameless of [{ buyer: undefined }, { sku: undefined }]) {
      expect(decisionsOf(shop, [attempt, { ...read, ...nameless }])).toEqual(['yes 5']);
      expect(decisionsOf(shop, [{ ...attempt, ...nameless }, read])).toEqual(['yes 5']);
    }
    expect(decisionsOf(shop, [attempt, { ...read, sku: 'CUP' }])).toEqual(['open']);
  });

  it('is told by no answer that was refused', () => {
    const attempt = said('attempt', 'ann', [0, 1]);
    const read = refused('read', 'ann', [4, 5], { observed: { decision: 'SUCCESS' } });
    expect(decisionsOf(sale, [attempt, read])).toEqual(['open']);
  });
});
