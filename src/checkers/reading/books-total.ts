import type { Evidence } from '../evidence.ts';
import { indexLedger } from './ledger-index.ts';

/**
 * The number of units that the server believes a SKU has. A ledger with another total than the sale's is at fault itself
 * (`conservation` reports it); the answers are judged by the ledger that they were given from.
 */
export function totalInBooks(sku: string, evidence: Evidence): number {
  const onSale = evidence.sale.skus.find(({ skuId }) => skuId === sku);
  // The total of a SKU that was on sale before may count units that were sold long ago.
  if (onSale?.wasOnSale) return onSale.total;
  const row = indexLedger(evidence).index?.inventory.find(({ skuId }) => skuId === sku);
  return row?.total ?? onSale?.total ?? 0;
}
