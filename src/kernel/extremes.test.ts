import { expect, it } from 'vitest';
import { largest, smallest } from './extremes.ts';

it('finds the extremes of more values than a call can have arguments', () => {
  const values = Array.from({ length: 300_000 }, (_, place) => place - 100_000);

  expect([smallest(values), largest(values)]).toEqual([-100_000, 199_999]);
});

it('has the bounds of all numbers for no values', () => {
  expect([smallest([]), largest([])]).toEqual([Infinity, -Infinity]);
});
