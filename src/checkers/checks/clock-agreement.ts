import { bulletList, count, shortId, skuName } from '../../kernel/wording.ts';
import type { Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { findLedgerClock, type LedgerClock } from '../reading/ledger-clock.ts';
import type { LedgerIndex } from '../reading/ledger-index.ts';
import { type TimedRow, visitTimedRows } from '../reading/timed-rows.ts';
import { describeLifetimes, findWrongLifetimes } from './clock-agreement/lifetimes.ts';
import { type BoundRow, findOutliers, type Outliers } from './clock-agreement/outliers.ts';

/**
 * Times in the ledger that no clock explains: a reservation that does not live as long as the sale says, or a row whose
 * time lies outside of the call that made it, or before the call by whose id it is stored.
 *
 * The clock of the ledger and that of the history were never compared, so one offset is looked for that fits all rows (see
 * `LedgerClock`). A row that it does not fit is wrong if rows written before and after it fit. Rows at the beginning or
 * the end that do not fit may come from a clock that was set: with five or more that fit another offset this is
 * believed, with fewer the check is `unknown`.
 */
export const clockAgreement = checkLedger(
  'clock-agreement',
  ['reservation'],
  (ledger, evidence) => {
    const wrongLifetimes = findWrongLifetimes(ledger, evidence);
    if (wrongLifetimes !== undefined) return wrongLifetimes;
    const lifetimes = describeLifetimes(ledger, evidence);
    const { clock } = findLedgerClock(evidence);
    if (clock === undefined || clock.rows === 0) {
      if (lifetimes !== undefined) return { status: 'valid', summary: lifetimes };
      const summary =
        'the ledger has no times that can be compared, or nobody knows how long a hold lives';
      return { status: 'skipped', summary };
    }
    if (clock.leastUs > clock.greatestUs + clock.driftUs) {
      return judgeOutliers(clock, ledger, evidence);
    }
    const rows = `${count(clock.rows, 'time')} in the ledger ${clock.rows === 1 ? 'fits its call' : 'fit their calls'} by ${describeClock(clock)}`;
    return {
      status: 'valid',
      summary: lifetimes === undefined ? rows : `${lifetimes}; ${rows}`,
    };
  },
);

/** A clock that was set is believed from this many rows on. */
const SET_ROWS_MIN = 5;

function judgeOutliers(clock: LedgerClock, ledger: LedgerIndex, evidence: Evidence): Finding {
  const rows: TimedRow[] = [];
  visitTimedRows(ledger, evidence, (row) => rows.push(row));
  const found = findOutliers(rows, clock);
  const { wrong, others, isSetOnce } = found;
  if (wrong.length > 0) return describeWrong(found, clock, evidence);
  const what = `the times of ${count(others.length, 'row')} do not fit the clock of the other ${rows.length - others.length}`;
  if (isSetOnce && others.length >= SET_ROWS_MIN) {
    return { status: 'valid', summary: `${what}: the clock of the ledger was set during the sale` };
  }
  const summary = `${what}: it was set during the sale, or they are wrong; ${describeRow(others[0] as TimedRow)}`;
  return { status: 'unknown', summary };
}

function describeWrong(
  { wrong, offsetUs }: Outliers,
  clock: LedgerClock,
  evidence: Evidence,
): Finding {
  const [first] = wrong as [BoundRow];
  const shown = wrong.slice(0, 5);
  return {
    status: 'invalid',
    summary: `${count(wrong.length, 'time')} in the ledger ${wrong.length === 1 ? 'lies' : 'lie'} outside of the call: ${describeMiss(first, offsetUs, clock)}`,
    witness: {
      prose: bulletList(
        `The other ${clock.rows - wrong.length} times fit their calls if the clock of the ledger is ${describeOffset(offsetUs)} that of the history. Rows before and after these fit as well, so nobody had set it:`,
        shown.map((row) =>
          [describeMiss(row, offsetUs, clock), describeCall(row.call, evidence.sale)].join('. '),
        ),
      ),
      operations: witnessOperations(shown.map(({ call }) => call)),
    },
  };
}

function describeMiss(row: TimedRow, offsetUs: number, clock: LedgerClock): string {
  const { leastUs, greatestUs } = clock.offsetOf(row);
  return offsetUs < leastUs
    ? `${describeRow(row)}, ${inMs(leastUs - offsetUs)} after its change was over`
    : `${describeRow(row)}, ${inMs(offsetUs - greatestUs)} before its call began`;
}

function describeRow({ row, field }: TimedRow): string {
  const isIssue = field === 'issuedAt';
  switch (row.row) {
    case 'movement':
      return `movement ${row.sequence} of ${skuName(row.skuId)}, ${row.kind}, is of ${row.at}`;
    case 'order':
      return `order ${shortId(row.orderId)} was placed at ${row.createdAt}`;
    case 'attempt':
      return `the attempt of buyer ${shortId(row.userId)} at ${skuName(row.skuId)} was accepted at ${row.createdAt}`;
    case 'ticket':
      return `ticket ${shortId(row.ticketId)} was ${isIssue ? `issued at ${row.issuedAt}` : `let in at ${row.checkedInAt}`}`;
    case 'voucher':
      return `voucher ${shortId(row.code)} was ${isIssue ? `issued at ${row.issuedAt}` : `used at ${row.usedAt}`}`;
  }
}

function describeClock({ leastUs, greatestUs }: LedgerClock): string {
  // Rows of which only the latest moment is known bound the offset on one side, or on none.
  if (!Number.isFinite(greatestUs)) return 'one clock';
  return `one clock, ${describeOffset((leastUs + greatestUs) / 2)} that of the history, give or take ${inMs(Math.abs(greatestUs - leastUs) / 2)}`;
}

const describeOffset = (offsetUs: number): string =>
  `${inMs(Math.abs(offsetUs))} ${offsetUs < 0 ? 'behind' : 'ahead of'}`;

const inMs = (us: number): string =>
  `${(us / 1_000).toLocaleString('en-US', { maximumFractionDigits: 1 })} ms`;
