import type { Pool } from 'pg';
import type { LedgerBatches } from './batch.ts';
import type { StockLedger } from './ledger.ts';
import { ledgerFunction } from './sql.ts';

/**
 * Puts the units of lapsed holds back on sale. A plain read finds the holds; a call per SKU then checks them again under
 * the row lock, so that of two sweepers that found the same hold only one expires it.
 */
export function createExpiry(deps: {
  pool: Pool;
  batches: LedgerBatches;
}): StockLedger['expireLapsed'] {
  const findLapsed = ledgerFunction<{ sku_id: string; hold_ids: string[] }>('lapsed_holds', 1);

  return async function expireLapsed(limit) {
    let expired = 0;
    for (const { sku_id, hold_ids } of await findLapsed(deps.pool, [limit])) {
      expired += await deps.batches.expire(sku_id, hold_ids);
    }
    return expired;
  };
}
