import type { SaleFacts } from '../../history/operation.ts';
import type { Hold } from './hold.ts';
import { longestTtlNs, shortestTtlNs } from './hold-ttl.ts';

/**
 * The time during which a hold surely, possibly or at the worst took its units off sale, derived from its buyer's calls
 * alone.
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
 * The time during which a hold surely existed: from the yes to the first moment at which a cancellation or its expiry may
 * have ended it, that moment excluded. A successful checkout proves that the hold was neither lapsed nor cancelled then;
 * in a described shop, which need not name a second hold, one that came late may have taken the units again.
 */
export function surely(hold: Hold, sale: SaleFacts): Interval | undefined {
  if (hold.made !== 'answered') return undefined;
  const firstRelease = hold.releases[0]?.invokedAtNs ?? NEVER;
  const firstCancel = hold.cancels[0]?.invokedAtNs ?? NEVER;
  const untilNs =
    hold.confirmed === 'yes'
      ? Math.min(firstCancel, Math.max(firstRelease, hold.confirms[0]?.invokedAtNs ?? 0))
      : Math.min(firstRelease, firstCancel, hold.reserve.invokedAtNs + shortestTtlNs(sale));
  return interval(hold, isSoldLate(hold, sale) ? soldAtNs(hold) : hold.knownAtNs, untilNs);
}

/** The time before that in which a hold surely existed, of one that was sold after it may have lapsed. */
function surelyBefore(hold: Hold, sale: SaleFacts): Interval | undefined {
  if (hold.made !== 'answered' || !isSoldLate(hold, sale)) return undefined;
  const untilNs = Math.min(
    hold.releases[0]?.invokedAtNs ?? NEVER,
    hold.cancels[0]?.invokedAtNs ?? NEVER,
    hold.reserve.invokedAtNs + shortestTtlNs(sale),
  );
  return interval(hold, hold.knownAtNs, untilNs);
}

/** All the time during which a hold surely existed, in one interval or two. */
export const allSurely = (hold: Hold, sale: SaleFacts): Interval[] =>
  [surelyBefore(hold, sale), surely(hold, sale)].filter((interval) => interval !== undefined);

/** True for a hold of a described shop that was sold so late that it may have taken its units again. */
const isSoldLate = (hold: Hold, sale: SaleFacts): boolean =>
  sale.shop !== undefined &&
  hold.confirmed === 'yes' &&
  soldAtNs(hold) > hold.reserve.invokedAtNs + shortestTtlNs(sale);

/** The first moment at which the buyer knew that the units of a hold were theirs; `Infinity` if no answer told. */
const soldAtNs = ({ confirms, knownAtNs }: Hold): number =>
  Math.max(knownAtNs, confirms.find(({ outcome }) => outcome === 'ok')?.completedAtNs ?? NEVER);

/**
 * The same, if every call that nobody can settle had the worst effect: reserve calls without an answer took their units,
 * cancellations without an answer did nothing, checkouts without an answer made the sale.
 */
export function atWorst(hold: Hold, sale: SaleFacts): Interval | undefined {
  if (hold.made === 'found') return undefined;
  if (hold.decision?.isYes === false) return undefined;
  if (hold.made === 'unsettled') return interval(hold, hold.reserve.invokedAtNs, NEVER);
  const firstRelease = hold.released === 'yes' ? (hold.releases[0]?.invokedAtNs ?? NEVER) : NEVER;
  const firstCancel = hold.cancelled === 'yes' ? (hold.cancels[0]?.invokedAtNs ?? NEVER) : NEVER;
  const untilNs =
    hold.confirmed === 'no'
      ? Math.min(firstRelease, firstCancel, hold.reserve.invokedAtNs + shortestTtlNs(sale))
      : Math.min(firstCancel, Math.max(firstRelease, hold.confirms[0]?.invokedAtNs ?? 0));
  return interval(hold, hold.knownAtNs, untilNs);
}

/** The time during which a hold may have existed: from the call to the last moment at which it may have ended, included. */
export function possibly(hold: Hold, sale: SaleFacts): Interval | undefined {
  let untilNs = NEVER;
  const backNs = longestTtlNs(sale) + sale.sweepGraceMs * NS_PER_MS;
  // A call without an answer never completed.
  for (const { completedAtNs } of hold.releases) untilNs = Math.min(untilNs, completedAtNs);
  for (const { completedAtNs } of hold.cancels) {
    // The units of an order that is not paid come back with their hold, if that has lapsed before the order is cancelled.
    const mayHaveLapsed =
      hold.confirmed !== 'yes' && completedAtNs >= hold.reserve.invokedAtNs + shortestTtlNs(sale);
    const sweptNs = mayHaveLapsed ? hold.reserve.completedAtNs + backNs : completedAtNs;
    untilNs = Math.min(untilNs, Math.max(completedAtNs, sweptNs));
  }
  // A refusal names no hold, but a late checkout may have held units again before it was refused.
  const isOver = hold.made === 'answered' || hold.reserve.outcome === 'fail';
  if (isOver && hold.confirmed === 'no') {
    untilNs = Math.min(untilNs, hold.reserve.completedAtNs + backNs);
  }
  return interval(hold, hold.askedAtNs, Math.min(untilNs, declinedUntilNs(hold, sale)));
}

/**
 * The moment at which an attempt that was declined has no units any more. One that was declined for a reason gives back what
 * it may have held; after any other its hold may have to lapse.
 */
function declinedUntilNs({ decision }: Hold, sale: SaleFacts): number {
  if (decision === undefined || decision.isYes || !decision.isSure) return NEVER;
  const { code = '', completedAtNs } = decision.read;
  const lapsesNs = sale.refusals[code] === undefined ? longestTtlNs(sale) : 0;
  return completedAtNs + lapsesNs + sale.sweepGraceMs * NS_PER_MS;
}

/**
 * The times during which refused checkouts may have held the units again: a payment that comes after the lapse takes units
 * anew, and may be refused all the same. With a ledger, such holds are in it, and are found there.
 */
export function possiblyAgain(hold: Hold, sale: SaleFacts): Interval[] {
  const lapseNs = hold.reserve.invokedAtNs + shortestTtlNs(sale);
  return hold.refusedConfirms.flatMap(
    ({ invokedAtNs, completedAtNs }) =>
      interval(hold, Math.max(invokedAtNs, lapseNs), completedAtNs) ?? [],
  );
}

function interval(hold: Hold, fromNs: number, untilNs: number): Interval | undefined {
  return untilNs > fromNs ? { fromNs, untilNs, units: hold.quantity, hold } : undefined;
}
