import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { indexLedger } from './ledger-index.ts';

/**
 * The number of units that the server believes a SKU has. A ledger with another total than the sale's is at fault itself
 * (`conservation` reports it); the answers are judged by the ledger that they were given from.
 */
export const totalInBooks = (sku: string, evidence: Evidence): number =>
  totalsInBooks(evidence).get(sku) ?? 0;

const totalsInBooks = memoized((evidence: Evidence): Map<string, number> => {
  const totals = new Map<string, number>();
  for (const { skuId, total } of indexLedger(evidence).index?.inventory ?? []) {
    if (total !== null) totals.set(skuId, total);
  }
  for (const { skuId, total, wasOnSale } of evidence.sale.skus) {
    // The total of a SKU that was on sale before may count units that were sold long ago.
    if (wasOnSale || !totals.has(skuId)) totals.set(skuId, total);
  }
  return totals;
});
