import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Interval } from './bounds.ts';
import { highestWithin } from './highest-within.ts';
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
