import { transaction } from '../../platform/postgres.ts';
import { readForBuyer, toOutcome, writeHold } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';
import { createConditional } from './conditional.ts';

/**
 * Pessimistic locking: locks the row of the SKU, reads, decides in code, writes and commits. All other buyers of the SKU
 * wait during every round trip between the lock and the commit. Confirm and release are one statement each.
 */
export function createPessimistic(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs } = deps;

  return {
    ...createConditional(deps),
    hold: (request) =>
      untilDecided(
        async () => {
          const decided = await transaction(pool, async (client) => {
            await client.query({
              name: 'pessimistic.lock',
              text: 'SELECT 1 FROM inventory WHERE sku_id = $1 FOR UPDATE',
              values: [request.skuId],
            });
            const found = await readForBuyer(client, request);
            if ('settled' in found) return found.settled;
            const sequence = found.stock.sequence + 1;
            await client.query({
              name: 'pessimistic.take',
              text: `UPDATE inventory
                     SET available_count = available_count - $2, reserved_count = reserved_count + $2,
                         sequence = $3, version = version + 1, updated_at = now()
                     WHERE sku_id = $1`,
              values: [request.skuId, request.quantity, sequence],
            });
            return writeHold(client, request, sequence, holdTtlMs);
          });
          return toOutcome(deps, request.skuId, decided);
        },
        () => ({ outcome: 'contention_lost' }),
      ),
  };
}
