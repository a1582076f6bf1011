import fc from 'fast-check';
import type { Interval } from '../bounds.ts';

/** A moment out of few, so that ties are common. */
export const time = fc.integer({ min: 0, max: 30 });

export const intervals = fc.array(
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

/** Every moment at which such intervals can begin or end, and some after. */
export const MOMENTS = Array.from({ length: 50 }, (_, atNs) => atNs);

/** The units of all intervals together. */
export const sum = (covering: Interval[]): number =>
  covering.reduce((units, more) => units + more.units, 0);
