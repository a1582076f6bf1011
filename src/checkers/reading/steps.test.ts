import { expect, it } from 'vitest';
import { Steps } from './steps.ts';

const changes = [1, 2, 3].map((sequence) => ({
  ...{ sequence, kind: 'RESERVED' as const, quantity: 1, name: `h${sequence}` },
}));
const stepsWith = (...available: number[]): Steps => {
  const steps = Steps.of(changes, ({ name }) => name);
  for (const units of available) steps.add(units, 1 - units, 7);
  return steps;
};

it('tells of the steps that were made, and of no change beyond', () => {
  const steps = stepsWith(0, -1);
  expect(steps.at(1)).toEqual({
    ...{ sequence: 2, kind: 'RESERVED', quantity: 1, hold: 'h2' },
    ...{ availableAfter: -1, reservedAfter: 2, soldAfter: 7 },
  });
  expect([-1, 2, 3].map((place) => steps.at(place))).toEqual([undefined, undefined, undefined]);
  expect([0, 1, 2].map((place) => steps.availableAt(place))).toEqual([0, -1, undefined]);
  expect([0, 1, 2].map((place) => steps.reservedAt(place))).toEqual([1, 2, undefined]);
  expect([0, 1, 2].map((place) => steps.soldAt(place))).toEqual([7, 7, undefined]);
  expect([...steps].map(({ hold }) => hold)).toEqual(['h1', 'h2']);
});

it('finds the first step after which more units were taken than exist', () => {
  expect(stepsWith(1, 0).placeOfOversell()).toBe(-1);
  expect(stepsWith(0, -1, -2).placeOfOversell()).toBe(1);
});
