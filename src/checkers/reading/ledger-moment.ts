import type { Evidence } from '../evidence.ts';
import { findLedgerClock } from './ledger-clock.ts';
import { microsecondsOf } from './ledger-times.ts';

/** A moment of the ledger's clock, as the earliest and the latest moment that it can be on the history's clock. */
export interface LedgerMoment {
  fromNs: number;
  toNs: number;
}

/**
 * Creates the place of the ledger's times on the history's clock. Undefined if no row bounds the distance of the two
 * clocks, or if no distance explains all rows.
 */
export function createMomentOf(evidence: Evidence): ((iso: string) => LedgerMoment) | undefined {
  const { clock } = findLedgerClock(evidence);
  if (clock === undefined) return undefined;
  const leastUs = clock.leastUs - clock.driftUs;
  const greatestUs = clock.greatestUs + clock.driftUs;
  // A row that bounds the greatest offset bounds the least as well.
  if (leastUs > greatestUs || !Number.isFinite(greatestUs)) return undefined;
  const { startedAtMs, startedAtNs } = evidence.sale;
  return (iso) => {
    const atUs = microsecondsOf(iso) - startedAtMs * 1_000;
    return {
      fromNs: startedAtNs + (atUs - greatestUs) * 1_000,
      toNs: startedAtNs + (atUs - leastUs) * 1_000,
    };
  };
}
