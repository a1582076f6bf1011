import type { Evidence } from '../evidence.ts';
import type { Hold } from './hold.ts';
import { CLOCK_DRIFT } from './ledger-clock.ts';
import { createMomentOf } from './ledger-moment.ts';

/**
 * The time in which a hold lapses, if nothing ends it before. Its clock starts somewhere inside the call that made it; the
 * ledger's row says when it ends, as far as the distance of the two clocks is known. The server's clock may be a little
 * faster or slower than the history's.
 */
export function lapseOf(hold: Hold, evidence: Evidence): { earliestNs: number; latestNs: number } {
  const { holdTtlMs } = evidence.sale;
  const ttlNs = holdTtlMs * 1e6;
  const isAnswered = hold.made === 'answered' && hold.reserve.kind !== 'attempt';
  const byCall = {
    earliestNs: hold.askedAtNs + ttlNs * (1 - CLOCK_DRIFT),
    latestNs: isAnswered
      ? hold.reserve.completedAtNs + ttlNs * (1 + CLOCK_DRIFT)
      : Number.POSITIVE_INFINITY,
  };
  const momentOf = createMomentOf(evidence);
  if (momentOf === undefined || hold.reservation === undefined) return byCall;
  const { fromNs, toNs } = momentOf(hold.reservation.expiresAt);
  const driftNs = ttlNs * CLOCK_DRIFT;
  return {
    earliestNs: Math.max(byCall.earliestNs, fromNs - driftNs),
    latestNs: Math.min(byCall.latestNs, toNs + driftNs),
  };
}
