import { expect, it } from 'vitest';
import { splitStock } from './split-stock.ts';

it.each([
  [100, [50, 30, 20], [50, 30, 20]],
  [20, [50, 30, 20], [10, 6, 4]],
  [10, [1, 1, 1], [4, 3, 3]],
  [5, [900, 50, 50], [3, 1, 1]],
  [3, [900, 50, 50], [1, 1, 1]],
  [2, [900, 50, 50], [1, 1, 0]],
  [1, [1, 9], [1, 0]],
  [7, [1], [7]],
  [1_000_000_000, [2, 1], [666_666_667, 333_333_333]],
])('splits %i units by the shares %j into %j', (total, shares, parts) => {
  expect(splitStock(total, shares)).toEqual(parts);
});
