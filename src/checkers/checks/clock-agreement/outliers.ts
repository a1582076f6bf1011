import type { Operation } from '../../../history/operation.ts';
import type { LedgerClock } from '../../reading/ledger-clock.ts';
import type { TimedRow } from '../../reading/timed-rows.ts';

/** A row whose call is known, as of every row that tells when its change began. */
export type BoundRow = TimedRow & { call: Operation };

/** The rows of a ledger that no single clock explains, sorted out. */
export interface Outliers {
  /** The offset that explains the most rows, in microseconds. */
  offsetUs: number;
  /** Rows with a wrong time: rows that the offset explains were written both before and after them. */
  wrong: BoundRow[];
  /** All rows that the offset does not explain: the clock was set, or their times are wrong. */
  others: TimedRow[];
  /** True if one other offset explains all of `others`. */
  isSetOnce: boolean;
}

/**
 * Finds the offset that explains the most rows, and sorts out the others. A clock that is set during a sale splits its rows
 * in two: no row of the one offset is wholly before and another wholly after a row of the other. So a row between two
 * that are explained has a wrong time.
 */
export function findOutliers(rows: TimedRow[], clock: LedgerClock): Outliers {
  const offsetUs = bestOffset(rows, clock);
  const [explained, others] = [[] as TimedRow[], [] as TimedRow[]];
  for (const row of rows) (isExplained(row, offsetUs, clock) ? explained : others).push(row);
  let firstEndNs = Infinity;
  let lastBeginNs = -Infinity;
  for (const { fromNs, toNs } of explained) {
    firstEndNs = Math.min(firstEndNs, toNs);
    lastBeginNs = Math.max(lastBeginNs, fromNs);
  }
  const isBetween = (row: TimedRow): row is BoundRow =>
    firstEndNs <= row.fromNs && row.toNs <= lastBeginNs;
  const other = bestOffset(others, clock);
  return {
    offsetUs,
    wrong: others.filter(isBetween),
    others,
    isSetOnce: others.every((row) => isExplained(row, other, clock)),
  };
}

function isExplained(row: TimedRow, offsetUs: number, clock: LedgerClock): boolean {
  const { leastUs, greatestUs } = clock.offsetOf(row);
  return leastUs <= offsetUs && offsetUs <= greatestUs + clock.driftUs;
}

/** Finds the offset that lies in the most intervals, by a sweep over their ends. */
function bestOffset(rows: TimedRow[], clock: LedgerClock): number {
  const begins: number[] = [];
  const ends: number[] = [];
  for (const row of rows) {
    const { leastUs, greatestUs } = clock.offsetOf(row);
    begins.push(leastUs);
    ends.push(greatestUs + clock.driftUs);
  }
  begins.sort((a, b) => a - b);
  ends.sort((a, b) => a - b);
  let most = 0;
  let best = 0;
  let ended = 0;
  for (const [place, begin] of begins.entries()) {
    while ((ends[ended] as number) < begin) ended++;
    const open = place + 1 - ended;
    if (open <= most) continue;
    most = open;
    best = begin;
  }
  return best;
}
