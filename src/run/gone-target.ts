import type { LoadTick } from '../load/result.ts';

/** Longer than a server takes to start again, so that a crash in the middle of a sale is still survived. */
const GONE_AFTER_MS = 15_000;
/** Fewer requests than this prove nothing, however long nothing was heard. */
const REFUSED_MIN = 20;

/**
 * Watches the ticks of a load for a target that is gone for good: no request can be sent any more. Returns a function that
 * answers with a sentence without its end once it is.
 */
export function createTargetWatch(): (
  tick: Pick<LoadTick, 'elapsedMs' | 'outcomes'>,
) => string | undefined {
  let reached = { sent: 0, notSent: 0, atMs: 0 };
  return ({ elapsedMs, outcomes: { sent, notSent } }) => {
    if (sent > reached.sent) {
      reached = { sent, notSent, atMs: elapsedMs };
      return undefined;
    }
    const silentMs = elapsedMs - reached.atMs;
    const refused = notSent - reached.notSent;
    if (silentMs < GONE_AFTER_MS || refused < REFUSED_MIN) return undefined;
    return `no target takes connections any more: ${refused} requests in ${Math.round(silentMs / 1_000)} s could not be sent`;
  };
}
