import type { StockLedger } from './ledger.ts';

/** Counts the calls refused as sold out that the stock contradicts as it was read before and after them. */
export interface ContradictedRefusals {
  /** A ledger with the same answers, whose refusals are heard of. */
  watch(ledger: StockLedger): StockLedger;
  /** The stock was read: counts the refusals since the reading before. */
  stockRead(stock: { sku: string; available: number }[]): void;
}

/**
 * Between two readings a SKU may be sold out and come back, so a single count proves nothing; a filter that is wrong goes on being
 * so. Refusals of SKUs that had fewer units at the reading before, which nearly all are, cost one look into a table.
 *
 * @param count is called with each SKU that has such refusals, and their number
 */
export function createContradictedRefusals(
  count: (sku: string, refusals: number) => void,
): ContradictedRefusals {
  let before = new Map<string, number>();
  let doubtful = new Map<string, { refusals: number; quantityMax: number }>();

  function refused(sku: string, quantity: number): void {
    if ((before.get(sku) ?? 0) < quantity) return;
    const known = doubtful.get(sku);
    if (known === undefined) {
      doubtful.set(sku, { refusals: 1, quantityMax: quantity });
      return;
    }
    known.refusals += 1;
    known.quantityMax = Math.max(known.quantityMax, quantity);
  }

  return {
    watch: (ledger) => ({
      ...ledger,
      async hold(request) {
        const decided = await ledger.hold(request);
        if (decided.outcome === 'out_of_stock') refused(request.skuId, request.quantity);
        return decided;
      },
    }),
    stockRead(stock) {
      const now = new Map<string, number>();
      for (const { sku, available } of stock) if (available > 0) now.set(sku, available);
      for (const [sku, { refusals, quantityMax }] of doubtful) {
        if ((now.get(sku) ?? 0) >= quantityMax) count(sku, refusals);
      }
      doubtful = new Map();
      before = now;
    },
  };
}
