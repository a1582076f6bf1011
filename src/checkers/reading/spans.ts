import { countUpTo } from './count-up-to.ts';

/** A span of time or of numbers, both ends included. */
export interface Span {
  from: number;
  until: number;
}

/**
 * Creates the test that tells if any of the spans meets a given one. A test costs one binary search, so that a buyer with
 * thousands of holds may be asked about thousands of times.
 */
export function createMeetingTest(spans: Span[]): (from: number, until: number) => boolean {
  const begins = [...spans].sort((a, b) => a.from - b.from);
  const begun = Float64Array.from(begins, ({ from }) => from);
  /** The latest end of the spans up to each one. */
  const latest = new Float64Array(begins.length);
  let latestEnd = Number.NEGATIVE_INFINITY;
  for (const [place, { until }] of begins.entries()) {
    latestEnd = Math.max(latestEnd, until);
    latest[place] = latestEnd;
  }
  return (from, until) => {
    const before = countUpTo(begun, until);
    // Undefined where none has begun, and then false.
    return (latest[before - 1] as number) >= from;
  };
}
