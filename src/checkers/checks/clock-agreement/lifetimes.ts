import { usOf } from '../../../history/row-in-columns.ts';
import { bulletList, count, shortId } from '../../../kernel/wording.ts';
import type { Finding } from '../../checker.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { resolutionUsOf } from '../../reading/ledger-times.ts';
import { mayBeOlder } from '../../reading/other-people.ts';
import type { ReservationRow } from '../../reading/rows.ts';

/** Finds reservations that do not live as long as the sale says. */
export function findWrongLifetimes(ledger: LedgerIndex, { sale }: Evidence): Finding | undefined {
  const { holdTtlMs } = sale;
  if (holdTtlMs === undefined || !hasLifetimes(ledger)) return undefined;
  const resolutionUs = resolutionUsOf(ledger);
  const wrong = ledger.reservations.filter(
    (row) =>
      // The holds of earlier days may have lived as long as they liked.
      !mayBeOlder(row, ledger, sale) &&
      Math.abs(lifetimeUs(row) - holdTtlMs * 1_000) >= resolutionUs,
  );
  const [first] = wrong;
  if (first === undefined) return undefined;
  const describe = (row: ReservationRow): string =>
    `reservation ${shortId(row.reservationId)} was made at ${row.createdAt} and lapses at ${row.expiresAt}, ${lifetimeUs(row) / 1_000} ms later`;
  return {
    status: 'invalid',
    summary: `${count(wrong.length, 'reservation')} of ${ledger.reservations.length} ${wrong.length === 1 ? 'does' : 'do'} not live the ${holdTtlMs} ms of this sale: ${describe(first)}`,
    witness: {
      prose: bulletList(
        `A reservation of this sale lives ${holdTtlMs} ms:`,
        wrong.slice(0, 10).map(describe),
      ),
      operations: [],
    },
  };
}

/** Says that all reservations live as long as they should; undefined if there is nothing to compare. */
export function describeLifetimes(ledger: LedgerIndex, { sale }: Evidence): string | undefined {
  const { length } = ledger.reservations;
  if (length === 0 || sale.holdTtlMs === undefined || !hasLifetimes(ledger)) return undefined;
  return `${count(length, 'reservation')} ${length === 1 ? 'lives' : 'live'} as long as the sale says`;
}

/** True when the ledger tells from when to when a reservation lives. */
const hasLifetimes = ({ knows }: LedgerIndex): boolean =>
  knows('reservation', 'createdAt') && knows('reservation', 'expiresAt');

const lifetimeUs = (row: ReservationRow): number => usOf(row, 'expiresAt') - usOf(row, 'createdAt');
