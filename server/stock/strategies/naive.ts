import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import { decideByKnown, type StockRow, writeHold } from '../round-trips.ts';
import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { createConditional } from './conditional.ts';

/**
 * The negative control: reads the counts, decides in code, and writes back what it computed, with no lock. Two buyers
 * who read at the same time write the same counts, and one of the two units is sold without being counted. The CHECK
 * constraints see nothing wrong, because the counts themselves always add up.
 *
 * Later checkouts may then fail on `reserved_count >= 0`: there are more holds than the counts know of.
 */
export function createNaive(deps: StrategyDeps): StrategyLedger {
  const { pool, holdTtlMs, observer, batches } = deps;

  return {
    ...createConditional(batches),
    async hold(request: HoldRequest): Promise<HoldOutcome> {
      const { rows } = await pool.query<StockRow>({
        name: 'naive.look',
        text: `SELECT i.available_count, i.reserved_count, i.sequence
               FROM inventory i JOIN products p USING (sku_id) WHERE i.sku_id = $1 AND p.is_active`,
        values: [request.skuId],
      });
      const stock = rows[0];
      if (stock === undefined) return { outcome: 'unknown_sku' };

      const known = await decideByKnown(pool, request, stock.sequence);
      if (known?.outcome === 'lapsed') {
        const { skuId } = request;
        await batches.release(skuId, [{ holdId: known.holdId, skuId }]);
        return this.hold(request);
      }
      if (known !== undefined) return known;
      if (stock.available_count < request.quantity) {
        return { outcome: 'out_of_stock', sequence: stock.sequence };
      }

      // Only the movement's number is taken safely: without it the books would not even show what happened.
      const written = await pool.query<{ sequence: number }>({
        name: 'naive.take',
        text: `UPDATE inventory
               SET available_count = $2, reserved_count = $3, sold_count = total_count - $2 - $3,
                   sequence = sequence + 1, version = version + 1, updated_at = now()
               WHERE sku_id = $1 RETURNING sequence`,
        values: [
          request.skuId,
          stock.available_count - request.quantity,
          stock.reserved_count + request.quantity,
        ],
      });
      const { sequence } = written.rows[0] as { sequence: number };
      const held = await writeHold(pool, request, sequence, holdTtlMs);
      observer.moved('RESERVED', 1);
      return held;
    },
  };
}
