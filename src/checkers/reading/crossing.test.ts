import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interval } from './bounds.ts';
import { findCrossing, findPeak } from './crossing.ts';
import { intervals, MOMENTS, sum } from './testing/intervals.ts';

/** The definition, moment by moment: the judge's own sweep must agree with it. */
const surelyAt = (all: Interval[], atNs: number): number =>
  sum(all.filter(({ fromNs, untilNs }) => fromNs <= atNs && atNs < untilNs));

describe('the sweep over intervals', () => {
  it('shows no interval that ends in the moment in which another one is too much', () => {
    const of = (fromNs: number, untilNs: number) => ({ fromNs, untilNs, units: 1 }) as Interval;
    const [over, ...others] = [of(0, 10), of(10, 20), of(10, 30)];
    expect(findCrossing([over as Interval, ...others], 1)).toMatchObject({
      atNs: 10,
      held: others,
    });
  });

  it('finds the peak that counting at every moment finds', () => {
    fc.assert(
      fc.property(intervals, (all) => {
        const highest = Math.max(...MOMENTS.map((atNs) => surelyAt(all, atNs)));
        expect(findPeak(all).units).toBe(highest);
      }),
      { numRuns: 500 },
    );
  });

  it('finds the first moment above a limit, and intervals that prove it', () => {
    fc.assert(
      fc.property(intervals, fc.integer({ min: 0, max: 20 }), (all, limit) => {
        const crossing = findCrossing(all, limit);
        const firstNs = MOMENTS.find((atNs) => surelyAt(all, atNs) > limit);
        expect(crossing?.atNs).toBe(firstNs);
        if (crossing === undefined) return;
        expect(crossing.units).toBeGreaterThan(limit);
        expect(sum(crossing.held)).toBe(crossing.units);
        for (const { fromNs, untilNs } of crossing.held) {
          expect(fromNs).toBeLessThanOrEqual(crossing.atNs);
          expect(untilNs).toBeGreaterThan(crossing.atNs);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('names the first of the moments with the highest count', () => {
    const at = (fromNs: number): Interval => ({
      fromNs,
      untilNs: fromNs + 10,
      units: 2,
      hold: {} as Interval['hold'],
    });
    expect(findPeak([at(20), at(0)])).toEqual({ atNs: 0, units: 2 });
  });
});
