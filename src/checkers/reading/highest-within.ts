import type { Interval } from './bounds.ts';
import { countUpTo } from './count-up-to.ts';

type Units = Pick<Interval, 'fromNs' | 'untilNs' | 'units'>;

/** Spans of time, both ends included: one of them is from `fromNs[n]` to `toNs[n]`. */
export interface Windows {
  fromNs: Float64Array;
  toNs: Float64Array;
}

/** The windows of some items. `Float64Array.from` would list a million numbers first. */
export function windowsOf<Item>(
  items: readonly Item[],
  fromNs: (item: Item) => number,
  toNs: (item: Item) => number,
): Windows {
  const windows = {
    fromNs: new Float64Array(items.length),
    toNs: new Float64Array(items.length),
  };
  for (let place = 0; place < items.length; place++) {
    windows.fromNs[place] = fromNs(items[place] as Item);
    windows.toNs[place] = toNs(items[place] as Item);
  }
  return windows;
}

/**
 * Finds for each window, in the given order, the highest count of units that the intervals cover at any moment of the
 * window; the last moment of an interval counts. Near-linear: it walks through time with a stack of falling maxima, and
 * each window costs one binary search in the stack.
 */
export function highestWithin(intervals: Units[], windows: Windows): Float64Array {
  const begins = [...intervals].sort((a, b) => a.fromNs - b.fromNs);
  const ends = [...intervals].sort((a, b) => a.untilNs - b.untilNs);
  const answers = new Float64Array(windows.toNs.length);
  // Sorting a million windows at once takes several times their room; with so many to a part the walks add little.
  const partLength = Math.max(PART_LENGTH_MIN, intervals.length);
  for (let first = 0; first < answers.length; first += partLength) {
    const toNs = windows.toNs.subarray(first, first + partLength);
    answerInOrder(begins, ends, windows, orderOf(toNs, first), answers);
  }
  return answers;
}

/**
 * Creates the count of the units that the intervals cover at one moment; their last moments do not count. It is quicker than
 * to look through a window, and where it is high, the highest count of the window is so as well.
 */
export function createCoverage(intervals: Units[]): (atNs: number) => number {
  const begun = createSumUpTo(intervals, ({ fromNs }) => fromNs);
  const ended = createSumUpTo(intervals, ({ untilNs }) => untilNs);
  return (atNs) => begun(atNs) - ended(atNs);
}

/** Creates the sum of the units of intervals up to a moment, that moment included. */
function createSumUpTo(
  intervals: Units[],
  momentOf: (interval: Units) => number,
): (atNs: number) => number {
  const ordered = [...intervals].sort((a, b) => momentOf(a) - momentOf(b));
  const moments = Float64Array.from(ordered, momentOf);
  let units = 0;
  const sums = Float64Array.from([0, ...ordered.map((each) => (units += each.units))]);
  return (atNs) => sums[countUpTo(moments, atNs)] as number;
}

const PART_LENGTH_MIN = 1 << 15;

/** The places of these times, the first of which stands at `first`, in the order of the times. */
function orderOf(atNs: Float64Array, first: number): Uint32Array {
  const order = new Uint32Array(atNs.length).map((_, place) => first + place);
  return order.sort((a, b) => (atNs[a - first] as number) - (atNs[b - first] as number));
}

/** Walks through time once, along the windows in the order of their ends. */
function answerInOrder(
  begins: Units[],
  ends: Units[],
  windows: Windows,
  order: Uint32Array,
  answers: Float64Array,
): void {
  // Entry k holds the highest count from just after event `lastEvent[k - 1]` up to now; counts fall, events rise.
  const highest: number[] = [];
  const lastEvent: number[] = [];
  let events = 0;
  let units = 0;
  const record = (change: number): void => {
    units += change;
    events++;
    for (let top = highest.at(-1); top !== undefined && top <= units; top = highest.at(-1)) {
      highest.pop();
      lastEvent.pop();
    }
    highest.push(units);
    lastEvent.push(events);
  };

  let begun = 0;
  let ended = 0;
  for (const place of order) {
    const fromNs = windows.fromNs[place] as number;
    const toNs = windows.toNs[place] as number;
    // On a tie beginnings come before ends: an interval that ends in the same nanosecond may still have been there.
    for (;;) {
      const begin = begins[begun];
      const end = ends[ended];
      const beginsNext = begin !== undefined && (end === undefined || begin.fromNs <= end.untilNs);
      if (beginsNext && begin.fromNs <= toNs) {
        record(begin.units);
        begun++;
      } else if (!beginsNext && end !== undefined) {
        // An end beyond the window only lowers the count.
        record(-end.units);
        ended++;
      } else {
        break;
      }
    }
    const before =
      countUntil(begins, (begin) => begin.fromNs <= fromNs) +
      countUntil(ends, (end) => end.untilNs < fromNs);
    answers[place] = highest[firstAtLeast(lastEvent, before)] ?? 0;
  }
}

/**
 * Finds for each window the lowest count of units that the intervals cover at any moment of the window. Neither end of an
 * interval counts.
 */
export function lowestWithin(intervals: Units[], windows: Windows): Float64Array {
  const all = intervals.reduce((sum, { units }) => sum + units, 0);
  // The units that an interval does not cover are those before and after it.
  const uncovered = intervals.flatMap(({ fromNs, untilNs, units }) => [
    { fromNs: Number.MIN_SAFE_INTEGER, untilNs: fromNs, units },
    { fromNs: untilNs, untilNs: Number.POSITIVE_INFINITY, units },
  ]);
  return highestWithin(uncovered, windows).map((units) => all - units);
}

/** Counts the leading items that satisfy the condition. No item after the first that does not may satisfy it. */
function countUntil<Item>(items: Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const firstAtLeast = (ascending: number[], value: number): number =>
  countUntil(ascending, (item) => item < value);
