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
import { MovementKind } from '../../protocol/ledger.ts';
import { availableAt, isNumberedChange, mayMake, type Replay, replaySales } from './replay.ts';

const sale = saleOf({ total: 5 });
const calls = [
  said('reserve', 'ann', [0, 1], { hold: 'a', quantity: 3, sequence: 1 }),
  said('release', 'ann', [2, 3], { hold: 'a', sequence: 2 }),
  refused('reserve', 'cid', [2, 3], { sequence: 3 }),
  said('reserve', 'bob', [4, 5], { hold: 'b', sequence: 4 }),
];
const replayOf = (evidence: ReturnType<typeof evidenceOf>) =>
  replaySales(evidence).get(SKU) as Replay;

describe('the replay of a SKU', () => {
  it('takes the units of every change from the call that reserved them', () => {
    const replay = replayOf(evidenceOf(sale, calls));
    expect(replay.source).toBe('answers');
    expect([...replay.steps].map(({ hold }) => hold)).toEqual(['a', 'a']);
    expect([...replay.steps].map(({ availableAfter }) => availableAfter)).toEqual([2, 5]);
  });

  it('ends before the first number that stands in no answer', () => {
    const replay = replayOf(evidenceOf(sale, calls));
    expect([0, 1, 2, 3, 4].map((sequence) => availableAt(replay, sequence))).toEqual([
      ...[5, 2, 5],
      ...[undefined, undefined],
    ]);
  });

  it('follows the numbers of the changes, not the times of the calls, and takes no other answer for a change', () => {
    const { steps } = replayOf(
      evidenceOf(sale, [
        said('reserve', 'ann', [0, 9], { hold: 'a', sequence: 3 }),
        said('reserve', 'bob', [1, 5], { hold: 'b', quantity: 2, sequence: 2 }),
        said('reserve', 'cid', [2, 4], { hold: 'c', sequence: 1 }),
        said('read', 'dan', [3, 4], { sequence: 4 }),
        unanswered('reserve', 'eve', 3, { sequence: 4 }),
        said('release', 'fay', [3, 4]),
      ]),
    );
    expect([...steps].map(({ availableAfter }) => availableAfter)).toEqual([4, 2, 1]);
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
    expect([...replay.steps].map(({ hold }) => hold)).toEqual(['a', 'a', 'b', 'b']);
    expect([...replay.steps].map(({ availableAfter }) => availableAfter)).toEqual([2, 5, 4, 4]);
  });

  it('follows the reserved and the sold units too', () => {
    const two = { buyer: 'ann', quantity: 2 };
    const ledger = booksOf(sale, [
      { ...two, kind: 'RESERVED', hold: 'a' },
      { ...two, kind: 'SOLD', hold: 'a' },
      { ...two, kind: 'RETURNED', hold: 'a' },
      { ...two, kind: 'RESERVED', hold: 'b' },
      { ...two, kind: 'RELEASED', hold: 'b' },
      { ...two, kind: 'RESERVED', hold: 'c' },
      { ...two, kind: 'EXPIRED', hold: 'c' },
    ]);
    const { steps } = replayOf(evidenceOf(sale, calls, { ledger }));
    const after = [...steps].map((step) => [
      step.availableAfter,
      step.reservedAfter,
      step.soldAfter,
    ]);
    expect(after).toEqual([
      [3, 2, 0],
      [3, 0, 2],
      [5, 0, 0],
      [3, 2, 0],
      [5, 0, 0],
      [3, 2, 0],
      [5, 0, 0],
    ]);
  });

  it('leaves out, in a described shop, the end of a hold of which nobody told', () => {
    const changes = [
      said('reserve', 'ann', [0, 1], { quantity: 2, sequence: 1 }),
      said('release', 'ann', [2, 3], { hold: 'x', sequence: 2 }),
    ];
    const stepsIn = (facts: object) =>
      [...replayOf(evidenceOf({ ...sale, ...facts }, changes)).steps].map(
        ({ availableAfter }) => availableAfter,
      );
    expect(stepsIn({})).toEqual([3, 4]);
    expect(stepsIn({ shop: 'corner-shop' })).toEqual([3]);
    const known = [said('reserve', 'ann', [0, 1], { hold: 'x', quantity: 2, sequence: 1 })];
    const shop = { ...sale, shop: 'corner-shop' };
    const { steps } = replayOf(evidenceOf(shop, [...known, ...changes.slice(1)]));
    expect([...steps].map(({ availableAfter }) => availableAfter)).toEqual([3, 5]);
  });

  it('counts a purchase in one call as sold at once', () => {
    const { steps } = replayOf(
      evidenceOf(sale, [said('buy', 'ann', [0, 1], { quantity: 2, sequence: 1 })]),
    );
    expect([...steps]).toMatchObject([{ availableAfter: 3, reservedAfter: 0, soldAfter: 2 }]);
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
      expect([...steps]).toMatchObject([{ kind: 'RETURNED', quantity: 2, availableAfter: 7 }]);
    }
  });
});

it('knows the movements that a yes may make', () => {
  const kinds = ['reserve', 'confirm', 'release', 'cancel', 'register', 'read'] as const;
  const made = kinds.map((kind) => {
    const [call] = evidenceOf(sale, [said(kind, 'ann', [0, 1])]).operations;
    return call && MovementKind.options.filter((movement) => mayMake(call, movement));
  });
  expect(made).toEqual([
    ['RESERVED'],
    ['SOLD'],
    ['RELEASED'],
    ['RELEASED', 'RETURNED'],
    ['SOLD'],
    [],
  ]);
});

it('takes an answer without a number for no numbered change', () => {
  const operation = { ...said('reserve', 'ann', [0, 1]), id: 1 };
  expect([operation, { ...operation, sequence: 1 }].map(isNumberedChange)).toEqual([false, true]);
});
