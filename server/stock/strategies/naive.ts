import { transaction } from '../../platform/postgres.ts';
import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { type StockRow, settleByKnown, writeHold } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { createConditional } from './conditional.ts';

/**
 * The negative control: reads the counts, decides in code, and writes back what it computed, with no lock. Two buyers
 * who read at the same time write the same counts, and one of the two units is sold without being counted. The CHECK
 * constraints see nothing wrong, because the counts themselves always add up.
 *
 * Later checkouts and cancels may then throw on `reserved_count >= 0`: there are more holds than the counts know of.
 */
export function createNaive(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs, observer, batches } = deps;

  return { ...createConditional(deps), hold };

  async function hold(request: HoldRequest): Promise<HoldOutcome> {
    const { skuId, quantity } = request;
    const { rows } = await pool.query<StockRow>({
      name: 'naive.look',
      text: `SELECT i.available_count, i.reserved_count, i.sequence
             FROM inventory i JOIN products p USING (sku_id) WHERE i.sku_id = $1 AND p.is_active`,
      values: [skuId],
    });
    const stock = rows[0];
    if (stock === undefined) return { outcome: 'unknown_sku' };

    const settled = await settleByKnown(pool, request, stock.sequence);
    if (settled?.outcome === 'lapsed') {
      await batches.expire(skuId, [settled.holdId]);
      return hold(request);
    }
    if (settled?.outcome === 'held_before') return { ...settled, outcome: 'held' };
    if (settled !== undefined) return settled;
    if (stock.available_count < quantity) {
      return { outcome: 'out_of_stock', sequence: stock.sequence };
    }

    const held = await transaction(pool, async (client) => {
      // Only the movement's number is taken safely: without it the books would not even show what happened.
      const written = await client.query<{ sequence: number }>({
        name: 'naive.take',
        text: `UPDATE inventory
               SET available_count = $2, reserved_count = $3, sold_count = total_count - $2 - $3,
                   sequence = sequence + 1, version = version + 1, updated_at = now()
               WHERE sku_id = $1 RETURNING sequence`,
        values: [skuId, stock.available_count - quantity, stock.reserved_count + quantity],
      });
      const { sequence } = written.rows[0] as { sequence: number };
      return writeHold(client, request, sequence, holdTtlMs);
    });
    observer.moved('RESERVED', 1);
    return held;
  }
}
