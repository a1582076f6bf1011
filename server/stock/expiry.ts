import type { Pool } from 'pg';
import type { LedgerBatches } from './batch.ts';
import { statement } from './sql.ts';

/**
 * Gives back what has lapsed. Finding is a plain read; each SKU's holds are then released in one statement that looks
 * again under the row lock, so two sweepers that found the same holds release them once.
 */
export function createExpiry(deps: {
  pool: Pool;
  batches: LedgerBatches;
}): (limit: number) => Promise<number> {
  const findLapsed = statement<{ sku_id: string; hold_ids: string[] }>('lapsed');

  return async function expireLapsed(limit) {
    let expired = 0;
    for (const { sku_id: skuId, hold_ids: holdIds } of await findLapsed(deps.pool, [limit])) {
      const decisions = await deps.batches.release(
        skuId,
        holdIds.map((holdId) => ({ holdId, skuId })),
      );
      expired += decisions.filter((decision) => decision.outcome === 'released').length;
    }
    return expired;
  };
}
