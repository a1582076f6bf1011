import type { Pool } from 'pg';
import type { LedgerBatches } from './batch.ts';
import type { StockLedger } from './ledger.ts';
import { ledgerFunction } from './sql.ts';

/**
 * Puts the units of lapsed holds back on sale. A plain read finds the holds; a second call checks them again under the locks
 * of their SKUs, so that of two sweepers that found the same hold only one expires it.
 */
export function createExpiry(deps: {
  pool: Pool;
  batches: LedgerBatches;
}): StockLedger['expireLapsed'] {
  const findLapsed = ledgerFunction<{ sku_id: string; hold_ids: string[] }>('lapsed_holds', 1);

  return async function expireLapsed(limit) {
    const lapsed = await findLapsed(deps.pool, [limit]);
    return deps.batches.expire(
      lapsed.flatMap(({ sku_id: skuId, hold_ids }) =>
        hold_ids.map((holdId) => ({ skuId, holdId })),
      ),
    );
  };
}
