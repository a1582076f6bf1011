import { expect, it } from 'vitest';
import { rank } from './board.ts';

const ranks = (points: number[], before: number, above: number) =>
  rank({ scores: points.map((each) => ({ userId: 'u', points: each })), before, above }).map(
    (standing) => standing.rank,
  );

it('S2.3 users with as many points share a rank, and the next rank is left out', () => {
  expect(ranks([90, 70, 70, 50], 0, 0)).toEqual([1, 2, 2, 4]);
});

it('S2.3 a page that begins among equals continues their rank', () => {
  // Three users with 70 points come before, one of them with more.
  expect(ranks([70, 70, 50], 3, 1)).toEqual([2, 2, 6]);
});
