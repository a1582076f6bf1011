import type { SaleFacts } from '../../history/operation.ts';
import { memoized } from '../../kernel/memo.ts';
import type { LedgerIndex } from './ledger-index.ts';
import type { OrderRow, ReservationRow } from './rows.ts';

/** True when the books may have rows of a SKU that are none of this sale: it was on sale before. */
export const mayHaveOlderRows = (sku: string, sale: SaleFacts): boolean =>
  skusOnSaleBefore(sale).has(sku);

const skusOnSaleBefore = memoized(({ skus }: SaleFacts): Set<string> => {
  const before = skus.filter(({ wasOnSale }) => wasOnSale === true);
  return new Set(before.map(({ skuId }) => skuId));
});

/** True when a row that no call of the run made is no fault: other people buy the SKU, or bought it before. */
export const mayBeOfOthers = (sku: string, sale: SaleFacts): boolean =>
  sale.nobodyElseBuys === false || mayHaveOlderRows(sku, sale);

/**
 * True when other people may have had units without any trace in the run's calls: they may buy as well, and the SKU was on
 * sale before the run, or they left rows. A SKU that was made for the run is known to nobody else.
 */
export const mayBeTakenUnseen = (
  { nobodyElseBuys, skus }: SaleFacts,
  ledger: LedgerIndex | undefined,
): boolean =>
  nobodyElseBuys === false &&
  (skus.some(({ wasOnSale }) => wasOnSale === true) || hasStrangers(ledger));

const hasStrangers = (ledger: LedgerIndex | undefined): boolean =>
  ledger?.attribution !== undefined &&
  ledger.attribution.strangeOrders.size + ledger.attribution.strangeReservations.size > 0;

/**
 * True for a row that may be older than the sale: its SKU was on sale before, and no name of the row tells that a call of the
 * run made it.
 */
export const mayBeOlder = (
  row: OrderRow | ReservationRow,
  ledger: LedgerIndex,
  sale: SaleFacts,
): boolean => {
  if (!mayHaveOlderRows(row.skuId, sale)) return false;
  const id = row.row === 'order' ? row.orderId : row.reservationId;
  return isStrange(row, ledger) || ledger.attribution?.likely.has(id) === true;
};

/** True for a row that no call of the run made. */
export const isStrange = (row: OrderRow | ReservationRow, { attribution }: LedgerIndex): boolean =>
  row.row === 'order'
    ? attribution?.strangeOrders.has(row.orderId) === true
    : attribution?.strangeReservations.has(row.reservationId) === true;
