import { type Operation, takesStock } from '../../history/operation.ts';
import type { LedgerReservation } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { shortestTtlNs } from './hold-ttl.ts';
import { findWishes } from './wishes.ts';

/**
 * True for a described shop that seems to delete the rows of holds which are over: none of its rows is of such a hold, and rows
 * are missing of holds that may be. Nobody can tell then what became of any of them.
 */
export function deletesHolds(evidence: Evidence): boolean {
  const { sale, ledger } = evidence;
  const rows = ledger?.reservations ?? [];
  if (sale.shop === undefined || !sale.evidence.ledger.includes('reservation')) return false;
  if (rows.some(isOver)) return false;
  // Where no row is of a sold hold either, those of sales in one call are missing as well.
  const isSoldKept = rows.some(({ status }) => status === 'CONFIRMED');
  const reserves = findWishes(evidence).calls.filter(
    ({ kind, outcome }) =>
      outcome === 'ok' && (kind === 'reserve' || (takesStock(kind) && !isSoldKept)),
  );
  const overOf = createOverTest(evidence);
  const seemsOver = (call: Operation): boolean => overOf(call) === 'seems so';
  const names = new Set<string | null | undefined>(rows.map(({ reservationId }) => reservationId));
  names.delete(null);
  const isNamed = rows.length === 0 || reserves.some(({ hold }) => names.has(hold));
  if (!isNamed) return reserves.length > rows.length && reserves.some(seemsOver);
  const missing = reserves.filter(({ hold }) => !names.has(hold));
  return missing.some(seemsOver) && missing.every((call) => overOf(call) !== 'no');
}

const isOver = ({ status, lapsed }: LedgerReservation): boolean =>
  status === 'CANCELLED' || status === 'EXPIRED' || (status === 'RESERVED' && lapsed === true);

/**
 * Creates the test for holds that may be over when the books are read: somebody asked to buy them or to give them back, or their
 * time is over. A hold of unknown lifetime may have lapsed without that anything tells so.
 */
function createOverTest({
  sale,
  operations,
  books,
}: Evidence): (reserve: Operation) => 'seems so' | 'maybe' | 'no' {
  const holds = new Set<string>();
  const buyers = new Set<string | undefined>();
  let lastNs = Number.NEGATIVE_INFINITY;
  for (const { kind, outcome, hold, buyer, invokedAtNs, completedAtNs } of operations) {
    lastNs = Math.max(lastNs, Number.isFinite(completedAtNs) ? completedAtNs : invokedAtNs);
    if (outcome === 'fail' || !ENDS.has(kind)) continue;
    if (hold === undefined) buyers.add(buyer);
    else holds.add(hold);
  }
  const readNs = Math.max(lastNs, ...(books ?? []).map(({ toNs }) => toNs));
  return ({ kind, hold = '', buyer, invokedAtNs }) => {
    const isAsked =
      kind !== 'reserve' || holds.has(hold) || buyers.has(buyer) || buyers.has(undefined);
    const hasLapsed = invokedAtNs + shortestTtlNs(sale) <= readNs;
    if (isAsked || (hasLapsed && sale.holdTtlMs !== undefined)) return 'seems so';
    return hasLapsed ? 'maybe' : 'no';
  };
}

const ENDS: ReadonlySet<Operation['kind']> = new Set(['confirm', 'release', 'cancel']);
