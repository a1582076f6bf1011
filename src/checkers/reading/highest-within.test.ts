import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Interval } from './bounds.ts';
import { createCoverage, highestWithin, lowestWithin } from './highest-within.ts';
import { intervals, MOMENTS, sum, time } from './testing/intervals.ts';

/** The definition, moment by moment, last moments included. */
const possiblyAt = (all: Interval[], atNs: number): number =>
  sum(all.filter(({ fromNs, untilNs }) => fromNs <= atNs && atNs <= untilNs));

it('finds the highest count within each window that counting at every moment finds', () => {
  const windows = fc.array(
    fc.tuple(time, time).map(([a, b]) => ({ fromNs: Math.min(a, b), toNs: Math.max(a, b) })),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(intervals, windows, (all, asked) => {
      const expected = asked.map(({ fromNs, toNs }) =>
        Math.max(
          ...MOMENTS.filter((atNs) => fromNs <= atNs && atNs <= toNs).map((atNs) =>
            possiblyAt(all, atNs),
          ),
        ),
      );
      const fromNs = Float64Array.from(asked, (window) => window.fromNs);
      const toNs = Float64Array.from(asked, (window) => window.toNs);
      expect([...highestWithin(all, { fromNs, toNs })]).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it('counts the units of one moment, without those of the intervals that end then', () => {
  fc.assert(
    fc.property(intervals, (all) => {
      const expected = MOMENTS.map((atNs) =>
        sum(all.filter(({ fromNs, untilNs }) => fromNs <= atNs && atNs < untilNs)),
      );
      expect(MOMENTS.map(createCoverage(all))).toEqual(expected);
    }),
  );
});

it('finds the lowest count likewise, and counts neither end of an interval', () => {
  const interval = (fromNs: number, untilNs: number, units: number) => ({ fromNs, untilNs, units });
  const held = [interval(0, 10, 2), interval(5, 20, 3)];
  // The windows from 1 to 4, 1 to 9, 6 to 9, 10 to 12 and 0 to 2.
  const fromNs = Float64Array.of(1, 1, 6, 10, 0);
  const toNs = Float64Array.of(4, 9, 9, 12, 2);
  expect([...lowestWithin(held, { fromNs, toNs })]).toEqual([2, 2, 5, 3, 0]);
});
