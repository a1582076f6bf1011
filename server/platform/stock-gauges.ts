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

/** The count of lapsed holds stops here, so that a scrape costs no more when the sweeper has been away for long. */
const LAPSED_MAX = 10_000;

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
  const { stockUnits, oversoldUnits, lapsedHolds, lapsedHoldAge } = metrics;
  const gauges = [stockUnits, oversoldUnits, lapsedHolds, lapsedHoldAge];
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
    const [rows, lapsed] = await Promise.all([readStock(), readLapsed()]).catch((error) => {
      for (const gauge of gauges) gauge.reset();
      throw new Error('the ledger could not be read for the stock gauges', { cause: error });
    });
    for (const { sku, available, reserved, sold, oversold } of rows) {
      stockUnits.set({ sku, state: 'available' }, available);
      stockUnits.set({ sku, state: 'reserved' }, reserved);
      stockUnits.set({ sku, state: 'sold' }, sold);
      oversoldUnits.set({ sku }, oversold);
    }
    lapsedHolds.set(lapsed.holds);
    lapsedHoldAge.set(lapsed.age);
    readAtMs = nowMs();
  }

  async function readLapsed(): Promise<{ holds: number; age: number }> {
    // Not prepared: a plan for a database without lapsed holds might read all holds of one with many.
    const { rows } = await pool.query<{ holds: number; age: number }>(
      `SELECT count(*)::int AS holds,
         coalesce(extract(epoch FROM now() - min(expires_at)), 0)::float8 AS age
       FROM (
         SELECT expires_at FROM reservations
         WHERE status = 'RESERVED' AND expires_at <= now() ORDER BY expires_at LIMIT ${LAPSED_MAX}
       ) lapsed`,
    );
    return rows[0] ?? { holds: 0, age: 0 };
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
