import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCrossing, findPeak, type Interval } from './bounds.ts';
import { highestWithin, type Window } from './highest-within.ts';

/** Few different times, so that ties are common. */
const time = fc.integer({ min: 0, max: 30 });

const intervals = fc.array(
  fc
    .record({
      fromNs: time,
      lengthNs: fc.oneof(fc.integer({ min: 1, max: 15 }), fc.constant(Number.POSITIVE_INFINITY)),
      units: fc.integer({ min: 1, max: 4 }),
    })
    .map(
      ({ fromNs, lengthNs, units }): Interval => ({
        fromNs,
        untilNs: fromNs + lengthNs,
        units,
        hold: {} as Interval['hold'],
      }),
    ),
  { maxLength: 40 },
);

const sum = (covering: Interval[]): number =>
  covering.reduce((units, more) => units + more.units, 0);

/** The definition, moment by moment: the judge's own sweep must agree with it. */
const surelyAt = (all: Interval[], atNs: number): number =>
  sum(all.filter(({ fromNs, untilNs }) => fromNs <= atNs && atNs < untilNs));

const possiblyAt = (all: Interval[], atNs: number): number =>
  sum(all.filter(({ fromNs, untilNs }) => fromNs <= atNs && atNs <= untilNs));

const MOMENTS = Array.from({ length: 50 }, (_, atNs) => atNs);

describe('the sweep', () => {
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

  it('knows the highest count within each window', () => {
    const windows = fc.array(
      fc
        .tuple(time, time)
        .map(([a, b]): Window => ({ fromNs: Math.min(a, b), toNs: Math.max(a, b) })),
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
        expect([...highestWithin(all, asked)]).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
