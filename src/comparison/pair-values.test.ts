import { expect, it } from 'vitest';
import { pairValues } from './pair-values.ts';

it('C.6 takes the geometric mean of the runs of a pair, and nothing where one has no figure', () => {
  expect(pairValues([2, 8, 3, 3], 2)).toEqual([expect.closeTo(4), expect.closeTo(3)]);
  expect(pairValues([2, null, 3, 0, 5], 2)).toEqual([null, null, null]);
  expect(pairValues([2, null], 1)).toEqual([expect.closeTo(2), null]);
  expect(pairValues([], 2)).toEqual([]);
});
