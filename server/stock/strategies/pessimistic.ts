import type { PoolClient } from 'pg';
import { transaction } from '../../platform/postgres.ts';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { type Settled, type StockRow, settleByKnown, writeHold } from '../round-trips.ts';
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
    ...createConditional(deps),
    hold: (request) =>
      untilDecided(
        async () => {
          const decided = await transaction(pool, (client) => holdUnderLock(client, request));
          switch (decided.outcome) {
            case 'lapsed':
              await batches.expire(request.skuId, [decided.holdId]);
              return { outcome: 'retry' };
            case 'held_before':
              return { ...decided, outcome: 'held' };
            case 'held':
              observer.moved('RESERVED', 1);
              return decided;
            default:
              return decided;
          }
        },
        () => ({ outcome: 'contention_lost' }),
      ),
  };

  async function holdUnderLock(
    client: PoolClient,
    request: HoldRequest,
  ): Promise<HoldOutcome | Settled> {
    const { rows } = await client.query<StockRow>({
      name: 'pessimistic.lock',
      text: `SELECT i.available_count, i.reserved_count, i.sequence
             FROM inventory i JOIN products p USING (sku_id)
             WHERE i.sku_id = $1 AND p.is_active FOR UPDATE OF i`,
      values: [request.skuId],
    });
    const stock = rows[0];
    if (stock === undefined) return { outcome: 'unknown_sku' };

    const settled = await settleByKnown(client, request, stock.sequence);
    if (settled !== undefined) return settled;
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
