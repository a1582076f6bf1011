import { expect, it } from 'vitest';
import { createLapses } from './lapses.ts';

const LIFETIME_NS = 1e9;

function createList() {
  const lapsed: string[] = [];
  return { lapsed, lapses: createLapses<string>(LIFETIME_NS, (item) => lapsed.push(item)) };
}

it('passes on what lapses by a moment, once, and never later than that', () => {
  const { lapsed, lapses } = createList();
  lapses.add('first', 1e9);
  lapses.add('third', 3e9);
  lapses.add('second', 2e9);
  lapses.until(0.9e9);
  expect(lapsed).toEqual([]);
  lapses.until(1e9);
  expect(lapsed).toEqual(['first']);
  lapses.until(3e9);
  lapses.until(4e9);
  expect(lapsed.sort()).toEqual(['first', 'second', 'third']);
});

it('passes on together what lapses within a part of a lifetime', () => {
  const { lapsed, lapses } = createList();
  lapses.add('first', 1e9);
  lapses.add('second', 1.001e9);
  lapses.add('third', 1.01e9);
  lapses.until(1e9);
  expect(lapsed).toEqual(['first', 'second']);
});

it('does not go back in time', () => {
  const { lapsed, lapses } = createList();
  lapses.until(2e9);
  lapses.until(1e9);
  expect(lapses.isDue(2e9)).toBe(true);
  lapses.add('late', 2e9);
  expect(lapsed).toEqual(['late']);
});

it('passes on at once what has lapsed when it comes, and says of which moments this is so', () => {
  const { lapsed, lapses } = createList();
  expect(lapses.isDue(0)).toBe(false);
  lapses.until(2e9);
  expect([1e9, 2e9, 3e9, Number.POSITIVE_INFINITY].map(lapses.isDue)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  lapses.add('late', 1.5e9);
  expect(lapsed).toEqual(['late']);
});

it('forgets everything', () => {
  const { lapsed, lapses } = createList();
  lapses.add('first', 1e9);
  lapses.clear();
  lapses.until(2e9);
  expect(lapsed).toEqual([]);
});
