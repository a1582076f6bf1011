import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { indexLedger } from './ledger-index.ts';
import { resolutionUsOf } from './ledger-times.ts';
import { type TimedRow, visitTimedRows } from './timed-rows.ts';

/**
 * The clock of the ledger, seen from that of the history. Nobody set the one by the other: they differ by an unknown
 * offset, and one may run a little faster. A row whose change lies between two moments of the history bounds the offset;
 * all rows together leave an interval, or show that no clock explains them.
 */
export interface LedgerClock {
  /** The number of rows whose times bound the offset. */
  rows: number;
  /** The least and the greatest offset in microseconds: ledger time less history time, both since the sale's beginning. */
  leastUs: number;
  greatestUs: number;
  /** The time that two clocks may drift apart during this sale. */
  driftUs: number;
  /** The offset that a row leaves open, in microseconds. */
  offsetOf(row: TimedRow): { leastUs: number; greatestUs: number };
}

/** Two clocks that are kept by NTP drift apart by less than this share of the time. */
export const CLOCK_DRIFT = 0.000_5;

/** Finds the clock of the ledger; undefined without a ledger, or if nobody promised that it has one clock. */
export const findLedgerClock = memoized(
  (evidence: Evidence): { clock: LedgerClock | undefined } => {
    const { index: ledger } = indexLedger(evidence);
    const { sale } = evidence;
    if (ledger === undefined || sale.evidence.oneClock !== true) return { clock: undefined };
    const resolutionUs = resolutionUsOf(ledger);
    const offsetOf = ({ writtenAtUs, fromNs, toNs }: TimedRow) => {
      const atUs = writtenAtUs - sale.startedAtMs * 1_000;
      return {
        leastUs: atUs - (toNs - sale.startedAtNs) / 1_000 - resolutionUs,
        greatestUs: atUs - (fromNs - sale.startedAtNs) / 1_000 + resolutionUs,
      };
    };
    const clock: LedgerClock = {
      ...{ rows: 0, leastUs: -Infinity, greatestUs: Infinity, driftUs: 0 },
      offsetOf,
    };
    let lastNs = sale.startedAtNs;
    visitTimedRows(ledger, evidence, (row) => {
      const { leastUs, greatestUs } = offsetOf(row);
      clock.leastUs = Math.max(clock.leastUs, leastUs);
      clock.greatestUs = Math.min(clock.greatestUs, greatestUs);
      if (Number.isFinite(row.toNs)) lastNs = Math.max(lastNs, row.toNs);
      clock.rows++;
    });
    clock.driftUs = ((lastNs - sale.startedAtNs) / 1_000) * CLOCK_DRIFT;
    return { clock };
  },
);
