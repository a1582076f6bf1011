import { expect, it } from 'vitest';
import { orderOfRuns } from './order-of-runs.ts';

const order = (sides: number, pair: number, runsPerPair: number): string =>
  orderOfRuns(sides, pair, runsPerPair)
    .map(({ place, time }) => `${'ABC'[place]}${time}`)
    .join(' ');

it('C.6 runs sides there and back, and each pair begins with the next side', () => {
  expect(order(2, 1, 2)).toBe('A1 B1 B2 A2');
  expect(order(2, 2, 2)).toBe('B1 A1 A2 B2');
  expect(order(2, 1, 1)).toBe('A1 B1');
  expect(order(3, 2, 2)).toBe('B1 C1 A1 A2 C2 B2');
});
