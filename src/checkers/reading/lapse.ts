import { usOf } from '../../history/row-in-columns.ts';
import type { Evidence } from '../evidence.ts';
import type { Hold } from './hold.ts';
import { longestTtlNs, shortestTtlNs } from './hold-ttl.ts';
import { CLOCK_DRIFT } from './ledger-clock.ts';
import { createMomentOf } from './ledger-moment.ts';

/**
 * The time in which a hold lapses, if nothing ends it before. Its clock starts somewhere inside the call that made it; the
 * ledger's row says when it ends, as far as the distance of the two clocks is known. The server's clock may be a little
 * faster or slower than the history's.
 */
export function lapseOf(hold: Hold, evidence: Evidence): { earliestNs: number; latestNs: number } {
  const { sale } = evidence;
  const byCall = {
    earliestNs: hold.askedAtNs + shortestTtlNs(sale) * (1 - CLOCK_DRIFT),
    // The yes to an attempt only promises a decision. A call without an answer never completed.
    latestNs:
      hold.reserve.kind === 'attempt'
        ? Number.POSITIVE_INFINITY
        : hold.reserve.completedAtNs + longestTtlNs(sale) * (1 + CLOCK_DRIFT),
  };
  const momentOf = createMomentOf(evidence);
  if (momentOf === undefined || !hold.reservation?.expiresAt) return byCall;
  const { fromNs, toNs } = momentOf(usOf(hold.reservation, 'expiresAt'));
  const driftNs = shortestTtlNs(sale) * CLOCK_DRIFT;
  return {
    earliestNs: Math.max(byCall.earliestNs, fromNs - driftNs),
    latestNs: Math.min(byCall.latestNs, toNs + driftNs),
  };
}
