/** The most points of a chart: more than a screen has pixels for would only make the file bigger. */
export const POINTS_MAX = 400;

const WIDTHS_SECONDS = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600],
];

/** Equal parts of the time of a sale. */
export interface Buckets {
  widthSeconds: number;
  count: number;
  /** The beginning of each in seconds. */
  starts: number[];
  /** The place of the part that has a moment; those before and after the sale count for the first and the last. */
  placeOf(seconds: number): number;
}

/** Cuts the time from 0 to `endSeconds` into parts of a round width. */
export function createBuckets(endSeconds: number): Buckets {
  const span = Math.max(endSeconds, WIDTHS_SECONDS[0] as number);
  const widest = WIDTHS_SECONDS.at(-1) as number;
  const widthSeconds = WIDTHS_SECONDS.find((width) => span / width <= POINTS_MAX) ?? widest;
  const count = Math.ceil(span / widthSeconds) + 1;
  return {
    widthSeconds,
    count,
    starts: Array.from({ length: count }, (_, place) => round(place * widthSeconds)),
    placeOf: (seconds) => Math.min(count - 1, Math.max(0, Math.floor(seconds / widthSeconds))),
  };
}

/** Cuts a number to six digits behind the point, which no chart shows. */
export const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/** The value below which so many hundredths of a sorted list lie. */
export const percentileOf = (sorted: ArrayLike<number>, percent: number): number =>
  sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
