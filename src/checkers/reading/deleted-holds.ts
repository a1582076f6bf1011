import { lastEventNs, type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { LedgerReservation } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { shortestTtlNs } from './hold-ttl.ts';
import { ofBuyer } from './ledger-index.ts';
import { mayBeOfOthers, mayHaveOlderRows } from './other-people.ts';
import { findWishes } from './wishes.ts';

/**
 * True for a described shop that may delete the rows of holds which are over: none of its rows is of such a hold, and rows are
 * missing, or may be, of holds that may be over. Nobody can tell then what became of any of them.
 */
export function deletesHolds(evidence: Evidence): boolean {
  const { sale, ledger } = evidence;
  const rows = ledger?.reservations ?? [];
  if (sale.shop === undefined || !sale.evidence.ledger.includes('reservation')) return false;
  if (rows.some(isOver)) return false;
  // Where no row is of a sold hold either, those of sales in one call are missing as well.
  const isSoldKept = rows.some(({ status }) => status === 'CONFIRMED');
  const { calls, callIdsOf } = findWishes(evidence);
  const takers = calls.filter(
    ({ kind, outcome }) =>
      outcome !== 'fail' && (kind === 'reserve' || (takesStock(kind) && !isSoldKept)),
  );
  const reserves = takers.filter(({ outcome }) => outcome === 'ok');
  const mayBeOver = createOverTest(evidence);
  if (rows.length === 0) return takers.length > 0 && reserves.every(mayBeOver);
  const names = new Set(rows.flatMap(({ reservationId }) => reservationId ?? []));
  if (reserves.some(({ hold = '' }) => names.has(hold))) {
    const named = new Set(rows.flatMap(({ callId }) => callId ?? []));
    const missing = reserves.filter(
      (call) => !names.has(call.hold ?? '') && !callIdsOf(call).some((id) => named.has(id)),
    );
    return missing.length > 0 && missing.every(mayBeOver);
  }
  return mayLackRow(rows, takers, evidence, mayBeOver);
}

/**
 * True if rows that do not name the holds of the run are fewer than these, as far as they can be compared, and one of those
 * that lack one may be over.
 */
function mayLackRow(
  rows: readonly LedgerReservation[],
  takers: readonly Operation[],
  { sale, operations }: Evidence,
  mayBeOver: (reserve: Operation) => boolean,
): boolean {
  const buyers = new Set<string | null | undefined>(operations.map(({ buyer }) => buyer));
  const knowsBuyers =
    rows.every(({ userId }) => userId !== null) && rows.some(({ userId }) => buyers.has(userId));
  const keyOf = (sku: string | undefined, buyer: string | null | undefined): string =>
    knowsBuyers ? ofBuyer(sku, buyer ?? undefined) : `${sku}`;
  const mayBeOfRun = ({ skuId }: LedgerReservation): boolean =>
    knowsBuyers ? !mayHaveOlderRows(skuId, sale) : !mayBeOfOthers(skuId, sale);
  const alike = groupBy(rows.filter(mayBeOfRun), ({ skuId, userId }) => keyOf(skuId, userId));
  for (const [key, calls] of groupBy(takers, ({ sku, buyer }) => keyOf(sku, buyer))) {
    const isFewer = (alike.get(key)?.length ?? 0) < calls.length;
    if (isFewer && calls.some((call) => call.outcome === 'ok' && mayBeOver(call))) return true;
  }
  return false;
}

const isOver = ({ status, lapsed }: LedgerReservation): boolean =>
  status === 'CANCELLED' || status === 'EXPIRED' || (status === 'RESERVED' && lapsed === true);

/**
 * Creates the test for holds that may be over when the books are read: somebody asked to buy them or to give them back, or their
 * time may be over. A hold of unknown lifetime may have lapsed without that anything tells so.
 */
function createOverTest({ sale, operations, books }: Evidence): (reserve: Operation) => boolean {
  const holds = new Set<string>();
  const buyers = new Set<string | undefined>();
  for (const { kind, outcome, hold, buyer } of operations) {
    if (outcome === 'fail' || !ENDS.has(kind)) continue;
    if (hold === undefined) buyers.add(buyer);
    else holds.add(hold);
  }
  // Without an account of when the books were read, it may have been any time later.
  const readNs =
    books === undefined
      ? Number.POSITIVE_INFINITY
      : books.reduce((latestNs, { toNs }) => Math.max(latestNs, toNs), lastEventNs(operations));
  return ({ kind, hold = '', buyer, invokedAtNs }) => {
    const isAsked =
      kind !== 'reserve' || holds.has(hold) || buyers.has(buyer) || buyers.has(undefined);
    return isAsked || invokedAtNs + shortestTtlNs(sale) <= readNs;
  };
}

const ENDS: ReadonlySet<Operation['kind']> = new Set(['confirm', 'release', 'cancel']);
