import type { PoolClient } from 'pg';
import { transaction } from '../../platform/postgres.ts';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { decideByKnown, type StockRow, writeHold } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';
import { createConditional } from './conditional.ts';

/**
 * The classic: lock the SKU's row, look, decide in code, write, commit. Every round trip between the lock and the
 * commit is time in which all other buyers of the SKU wait. Confirm and release are one statement each anyway.
 */
export function createPessimistic(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs, observer, batches } = deps;

  return {
    ...createConditional(batches),
    hold: (request) =>
      untilDecided<HoldOutcome>(
        async () => {
          const attempt = await transaction(pool, (client) => holdUnderLock(client, request));
          if (attempt.outcome === 'lapsed') {
            const { skuId } = request;
            await batches.release(skuId, [{ holdId: attempt.holdId, skuId }]);
            return { outcome: 'retry' };
          }
          if (attempt.outcome === 'held') observer.moved('RESERVED', 1);
          return attempt;
        },
        () => ({ outcome: 'contention_lost' }),
      ),
  };

  async function holdUnderLock(
    client: PoolClient,
    request: HoldRequest,
  ): Promise<HoldOutcome | { outcome: 'lapsed'; holdId: string }> {
    const { rows } = await client.query<StockRow>({
      name: 'pessimistic.lock',
      text: `SELECT i.available_count, i.reserved_count, i.sequence
             FROM inventory i JOIN products p USING (sku_id)
             WHERE i.sku_id = $1 AND p.is_active FOR UPDATE OF i`,
      values: [request.skuId],
    });
    const stock = rows[0];
    if (stock === undefined) return { outcome: 'unknown_sku' };

    const known = await decideByKnown(client, request, stock.sequence);
    if (known !== undefined) return known;
    if (stock.available_count < request.quantity) {
      return { outcome: 'out_of_stock', sequence: stock.sequence };
    }

    const sequence = stock.sequence + 1;
    await client.query({
      name: 'pessimistic.take',
      text: `UPDATE inventory
             SET available_count = available_count - $2, reserved_count = reserved_count + $2,
                 sequence = $3, version = version + 1, updated_at = now()
             WHERE sku_id = $1`,
      values: [request.skuId, request.quantity, sequence],
    });
    return writeHold(client, request, sequence, holdTtlMs);
  }
}
