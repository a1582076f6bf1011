import type { Interval } from './bounds.ts';

/** A moment, and the units covered then. */
export interface Peak {
  atNs: number;
  units: number;
}

/** The first moment beyond a limit. */
export interface Crossing extends Peak {
  /** The intervals that cover the moment, in the order in which they began. */
  held: Interval[];
  /** The highest count of all moments. */
  peak: Peak;
}

/**
 * Finds the first moment at which the intervals cover more than `limit` units. The last moment of an interval does not
 * count: on a tie ends come before beginnings, so that nothing is counted that might already be over.
 */
export function findCrossing(intervals: Interval[], limit: number): Crossing | undefined {
  const begins = [...intervals].sort((a, b) => a.fromNs - b.fromNs);
  const { first, peak } = walk(begins, limit);
  if (first === undefined) return undefined;
  const lasting = begins.filter(({ untilNs }) => first.atNs < untilNs);
  return { ...first, held: lasting.slice(0, countUpTo(lasting, first.units)), peak };
}

/** Finds the highest count of units that the intervals cover at once. */
export function findPeak(intervals: Interval[]): Peak {
  return walk(
    [...intervals].sort((a, b) => a.fromNs - b.fromNs),
    Number.POSITIVE_INFINITY,
  ).peak;
}

/** Walks through the intervals in the order of their beginnings. */
function walk(begins: Interval[], limit: number): { first: Peak | undefined; peak: Peak } {
  const ends = [...begins].sort((a, b) => a.untilNs - b.untilNs);
  let ended = 0;
  let units = 0;
  let first: Peak | undefined;
  let peak: Peak = { atNs: 0, units: 0 };
  for (const begin of begins) {
    for (let end = ends[ended]; end && end.untilNs <= begin.fromNs; end = ends[ended]) {
      units -= end.units;
      ended++;
    }
    units += begin.units;
    if (units > peak.units) peak = { atNs: begin.fromNs, units };
    if (units > limit) first ??= { atNs: begin.fromNs, units };
  }
  return { first, peak };
}

/** Counts the leading intervals needed to reach `units`. Others begin later, or in the very nanosecond of the crossing. */
function countUpTo(intervals: Interval[], units: number): number {
  let sum = 0;
  for (const [place, { units: more }] of intervals.entries()) {
    sum += more;
    if (sum >= units) return place + 1;
  }
  return intervals.length;
}
