import type { Distribution } from '../metrics/sinks.ts';

/** A histogram as Prometheus stores it: buckets of exponential width, as many as there are values. */
export interface NativeHistogram {
  count: number;
  sum: number;
  zeroCount: number;
  positive: Buckets;
  negative: Buckets;
}

/** Runs of neighbouring buckets, and the count of each as the difference to the one before. */
export interface Buckets {
  /** `offset`: the number of the first bucket, in later runs the gap after the run before. */
  spans: { offset: number; length: number }[];
  deltas: number[];
}

/** Eight buckets for each doubling, so that each is at most 9 % wide. */
export const SCHEMA = 3;
const PER_DOUBLING = 2 ** SCHEMA;

/**
 * Makes a native histogram of a trend. Bucket `i` has the values up to `2^(i/8)` that are more than those of bucket `i − 1`.
 *
 * @param scale what a value is divided by: 1,000 for milliseconds that become seconds
 */
export function nativeHistogram(
  { samples, sum, positive, negative }: Distribution,
  scale: number,
): NativeHistogram {
  const zeroCount = positive.find(({ value }) => value === 0)?.count ?? 0;
  return {
    count: samples,
    sum: sum / scale,
    zeroCount,
    positive: bucketsOf(positive, scale),
    negative: bucketsOf(negative, scale),
  };
}

function bucketsOf(values: Distribution['positive'], scale: number): Buckets {
  const counts = new Map<number, number>();
  for (const { value, count } of values) {
    if (value === 0) continue;
    const bucket = Math.ceil(Math.log2(value / scale) * PER_DOUBLING);
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  const spans: Buckets['spans'] = [];
  const deltas: number[] = [];
  let [expected, before] = [0, 0];
  for (const [bucket, count] of [...counts].toSorted(([a], [b]) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && bucket === expected) last.length += 1;
    else spans.push({ offset: bucket - expected, length: 1 });
    deltas.push(count - before);
    [expected, before] = [bucket + 1, count];
  }
  return { spans, deltas };
}
