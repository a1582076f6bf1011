import type { Pool } from 'pg';
import type { ServerMetrics } from './metrics.ts';

/** Scrapes within this time share one reading. */
const FRESH_MS = 1000;

interface StockRow {
  sku: string;
  available: number;
  reserved: number;
  sold: number;
  oversold: number;
}

/**
 * Sets the stock gauges from the ledger. Oversell is counted from the live and sold reservations, because the stock columns
 * look right even when a strategy is broken.
 *
 * A failed reading removes the gauges, because an old number would look new.
 */
export function createStockGauges(deps: {
  pool: Pool;
  metrics: ServerMetrics;
  nowMs(): number;
}): () => Promise<void> {
  const { pool, metrics, nowMs } = deps;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  return async function refresh() {
    if (nowMs() - readAtMs < FRESH_MS) return;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  };

  async function read(): Promise<void> {
    const rows = await readStock().catch((error) => {
      metrics.stockUnits.reset();
      metrics.oversoldUnits.reset();
      throw new Error('the ledger could not be read for the stock gauges', { cause: error });
    });
    for (const { sku, available, reserved, sold, oversold } of rows) {
      metrics.stockUnits.set({ sku, state: 'available' }, available);
      metrics.stockUnits.set({ sku, state: 'reserved' }, reserved);
      metrics.stockUnits.set({ sku, state: 'sold' }, sold);
      metrics.oversoldUnits.set({ sku }, oversold);
    }
    readAtMs = nowMs();
  }

  async function readStock(): Promise<StockRow[]> {
    const { rows } = await pool.query<StockRow>({
      name: 'stock-gauges.read',
      text: `SELECT i.sku_id AS sku, i.available_count AS available, i.reserved_count AS reserved,
               i.sold_count AS sold,
               greatest(0, coalesce(taken.units, 0) - i.total_count)::int AS oversold
             FROM inventory i LEFT JOIN (
               SELECT sku_id, sum(quantity) AS units FROM reservations
               WHERE status = 'CONFIRMED' OR (status = 'RESERVED' AND expires_at > now())
               GROUP BY sku_id
             ) taken USING (sku_id)`,
    });
    return rows;
  }
}
