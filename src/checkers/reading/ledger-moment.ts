import type { Evidence } from '../evidence.ts';
import { findLedgerClock } from './ledger-clock.ts';

/** A moment of the ledger's clock, as the earliest and the latest moment that it can be on the history's clock. */
export interface LedgerMoment {
  fromNs: number;
  toNs: number;
}

/**
 * Creates the place of the ledger's times, in microseconds, on the history's clock. Undefined if no row bounds the distance of the two
 * clocks, or if no distance explains all rows.
 */
export function createMomentOf(evidence: Evidence): ((atUs: number) => LedgerMoment) | undefined {
  const { clock } = findLedgerClock(evidence);
  if (clock === undefined) return undefined;
  const leastUs = clock.leastUs - clock.driftUs;
  const greatestUs = clock.greatestUs + clock.driftUs;
  // A row that bounds the greatest offset bounds the least as well.
  if (leastUs > greatestUs || !Number.isFinite(greatestUs)) return undefined;
  const { startedAtMs, startedAtNs } = evidence.sale;
  return (atUs) => {
    const sinceUs = atUs - startedAtMs * 1_000;
    return {
      fromNs: startedAtNs + (sinceUs - greatestUs) * 1_000,
      toNs: startedAtNs + (sinceUs - leastUs) * 1_000,
    };
  };
}
