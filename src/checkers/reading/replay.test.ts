import { describe, expect, it } from 'vitest';
import { booksOf, evidenceOf, refused, SKU, said, saleOf } from '../../../test/judge/story.ts';
import { availableAt, type Replay, replaySales } from './replay.ts';

const sale = saleOf({ total: 5 });
const calls = [
  said('reserve', 'ann', [0, 1], { hold: 'a', quantity: 3, sequence: 1 }),
  said('release', 'ann', [2, 3], { hold: 'a', sequence: 2 }),
  refused('reserve', 'cid', [2, 3], { sequence: 2 }),
  said('read', 'cid', [2, 3], { sequence: 2 }),
  said('reserve', 'bob', [4, 5], { hold: 'b', sequence: 4 }),
];
const replayOf = (evidence: ReturnType<typeof evidenceOf>) =>
  replaySales(evidence).get(SKU) as Replay;

describe('the replay of a SKU', () => {
  it('takes the units of every change from the call that reserved them', () => {
    const replay = replayOf(evidenceOf(sale, calls));
    expect(replay.source).toBe('answers');
    expect(replay.steps.map(({ availableAfter }) => availableAfter)).toEqual([2, 5]);
  });

  it('ends before the first number that stands in no answer', () => {
    const replay = replayOf(evidenceOf(sale, calls));
    expect([0, 1, 2, 3, 4].map((sequence) => availableAt(replay, sequence))).toEqual([
      ...[5, 2, 5],
      ...[undefined, undefined],
    ]);
  });

  it('prefers the movements of the ledger', () => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity: 3 },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann', quantity: 3 },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
      { kind: 'SOLD', hold: 'b', buyer: 'bob' },
    ]);
    const replay = replayOf(evidenceOf(sale, calls, { ledger }));
    expect(replay.source).toBe('ledger');
    expect(replay.steps.map(({ availableAfter }) => availableAfter)).toEqual([2, 5, 4, 4]);
  });

  it('does not exist where no answer has a number', () => {
    const bare = calls.map((call) => ({ ...call, sequence: undefined }));
    expect(replaySales(evidenceOf(sale, bare)).size).toBe(0);
  });

  it('takes the quantity of a call whose hold nobody told of', () => {
    const [, release] = calls;
    if (release === undefined) throw new Error('a release expected');
    const returned = { ...release, kind: 'cancel' as const, quantity: 2, sequence: 1 };
    for (const hold of ['unknown', undefined]) {
      const { steps } = replayOf(evidenceOf(sale, [{ ...returned, hold }]));
      expect(steps).toMatchObject([{ kind: 'RETURNED', quantity: 2, availableAfter: 7 }]);
    }
  });
});
