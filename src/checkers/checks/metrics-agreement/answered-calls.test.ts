import { expect, it } from 'vitest';
import { type Call, evidenceOf, said, saleOf } from '../../../../test/judge/story.ts';
import { sortCalls, timesOfCalls } from './answered-calls.ts';

const sizesOf = (...calls: Call[]): number[] =>
  sortCalls(evidenceOf(saleOf(), calls).operations).sorts.map(({ size }) => size);

it.each([
  ['kind', { kind: 'confirm' }],
  ['status', { status: 200 }],
  ['outcome', { outcome: 'info' }],
  ['code', { code: 'X' }],
  ['having a key', { idempotencyKey: 'k' }],
  ['being the line of a basket', { basket: 'b' }],
] as [string, Partial<Call>][])(
  'counters tell calls apart by %s, and by nothing else',
  (_, facts) => {
    const ann = said('reserve', 'ann', [0, 10]);
    const others = ['bob', 'cid'].map((buyer, place) => ({
      ...said('reserve', buyer, [20 + place, 30], facts),
      ...(facts.basket === undefined ? {} : { basket: `of ${buyer}` }),
      ...(facts.idempotencyKey === undefined ? {} : { idempotencyKey: `of ${buyer}` }),
    }));
    expect(sizesOf(ann, ...others)).toEqual([1, 2]);
    expect(sizesOf(ann, { ...ann, hold: 'a' }, ...others)).toEqual([2, 2]);
  },
);

it('gives the times of all sorts of calls with one answer together, ascending', () => {
  const ann = said('reserve', 'ann', [0, 50]);
  const bob = said('reserve', 'bob', [10, 20], { idempotencyKey: 'k' });
  const cid = said('reserve', 'cid', [30, 40]);
  const calls = evidenceOf(saleOf(), [ann, bob, cid, said('read', 'dan', [31, 32])]).operations;
  const { answeredNs, invokedNs } = timesOfCalls(sortCalls(calls), () => false).of('reserve', 'ok');
  expect([...invokedNs]).toEqual([0, 1, 2].map((place) => calls[place]?.invokedAtNs));
  expect([...answeredNs]).toEqual([1, 2, 0].map((place) => calls[place]?.completedAtNs));
});
