import type { SaleFacts } from '../../history/operation.ts';
import type { Hold } from './holds.ts';

/**
 * How long a hold surely, possibly or at the worst took its units off sale, told only by what its buyer saw.
 *
 * A call takes effect somewhere between its invocation and its answer. A hold is *surely* there from its answer until
 * the earliest moment it may have ended, and *possibly* there from its invocation until the latest. The server's expiry
 * clock starts somewhere inside the reserve call, so a hold may lapse as early as `invoke + TTL`, and its units must be
 * back by `answer + TTL + grace`.
 */
export interface Interval {
  fromNs: number;
  untilNs: number;
  units: number;
  hold: Hold;
}

const NS_PER_MS = 1e6;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * When the hold surely existed: from the yes to the first moment at which a cancellation or its expiry may have ended
 * it, that moment excluded. A successful checkout proves that it did not lapse before and was not cancelled before.
 */
export function surely(hold: Hold, sale: SaleFacts): Interval | undefined {
  if (hold.made !== 'told') return undefined;
  const firstRelease = hold.releases[0]?.invokedAtNs ?? NEVER;
  const firstCancel = hold.cancels[0]?.invokedAtNs ?? NEVER;
  const untilNs =
    hold.confirmed === 'yes'
      ? Math.min(firstCancel, Math.max(firstRelease, hold.confirms[0]?.invokedAtNs ?? 0))
      : Math.min(firstRelease, hold.reserve.invokedAtNs + sale.holdTtlMs * NS_PER_MS);
  return interval(hold, hold.toldAtNs, untilNs);
}

/**
 * The same, if every call that nobody can settle had gone the worst way: reserve calls without an answer took their
 * units, cancellations without one did nothing, checkouts without one made the sale.
 */
export function atWorst(hold: Hold, sale: SaleFacts): Interval | undefined {
  if (hold.made === 'found') return undefined;
  if (hold.made === 'unsettled') return interval(hold, hold.reserve.invokedAtNs, NEVER);
  const firstRelease = hold.released === 'yes' ? (hold.releases[0]?.invokedAtNs ?? NEVER) : NEVER;
  const firstCancel = hold.cancelled === 'yes' ? (hold.cancels[0]?.invokedAtNs ?? NEVER) : NEVER;
  const untilNs =
    hold.confirmed === 'no'
      ? Math.min(firstRelease, hold.reserve.invokedAtNs + sale.holdTtlMs * NS_PER_MS)
      : Math.min(firstCancel, Math.max(firstRelease, hold.confirms[0]?.invokedAtNs ?? 0));
  return interval(hold, hold.toldAtNs, untilNs);
}

/** When the hold may have existed: from the call to the last moment at which it may have ended, that moment included. */
export function possibly(hold: Hold, sale: SaleFacts): Interval | undefined {
  let untilNs = NEVER;
  for (const { outcome, completedAtNs } of [...hold.releases, ...hold.cancels]) {
    if (outcome === 'ok') untilNs = Math.min(untilNs, completedAtNs);
  }
  if (hold.made === 'told' && hold.confirmed === 'no') {
    const lapseMs = sale.holdTtlMs + sale.sweepGraceMs;
    untilNs = Math.min(untilNs, hold.reserve.completedAtNs + lapseMs * NS_PER_MS);
  }
  return interval(hold, hold.askedAtNs, untilNs);
}

function interval(hold: Hold, fromNs: number, untilNs: number): Interval | undefined {
  return untilNs > fromNs ? { fromNs, untilNs, units: hold.quantity, hold } : undefined;
}

export interface Peak {
  atNs: number;
  units: number;
}

export interface Crossing extends Peak {
  /** The intervals that cover the moment, in the order in which they began. */
  held: Interval[];
  /** The highest count of the whole sale. */
  peak: Peak;
}

/**
 * The first moment at which more than `limit` units are covered by the intervals, each without its last moment; ends
 * come before beginnings on a tie, so nothing is counted that might already be over.
 */
export function findCrossing(intervals: Interval[], limit: number): Crossing | undefined {
  const begins = [...intervals].sort((a, b) => a.fromNs - b.fromNs);
  const { first, peak } = walk(begins, limit);
  if (first === undefined) return undefined;
  const held = begins.filter(({ fromNs, untilNs }) => fromNs <= first.atNs && first.atNs < untilNs);
  return { ...first, held: held.slice(0, countUpTo(held, first.units)), peak };
}

/** The highest count of units covered at once. */
export function findPeak(intervals: Interval[]): Peak {
  return walk(
    [...intervals].sort((a, b) => a.fromNs - b.fromNs),
    NEVER,
  ).peak;
}

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

/** How many of the intervals it takes to reach `units`: several may begin in the very nanosecond of the crossing. */
function countUpTo(held: Interval[], units: number): number {
  let sum = 0;
  for (const [place, { units: more }] of held.entries()) {
    sum += more;
    if (sum >= units) return place + 1;
  }
  return held.length;
}
