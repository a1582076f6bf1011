import type { Pool } from 'pg';
import type { Clock } from '../../src/kernel/clock.ts';
import type { ServerMetrics } from './metrics.ts';

/** Scrapes within this time share one reading. */
const FRESH_MS = 1000;

interface StockRow {
  sku: string;
  available: number;
  reserved: number;
  sold: number;
}

/** Oversell is counted at each reading as long as that takes less. */
const QUICK_MS = 500;
/** Counting reads all reservations. With millions of them it may take this part of the time, and the last count stands meanwhile. */
const COUNTING_SHARE_MAX = 0.1;

interface Lapsed {
  holds: number;
  /** Seconds since the first of them lapsed. */
  age: number;
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
  pool: Pick<Pool, 'query'>;
  metrics: ServerMetrics;
  clock: Pick<Clock, 'monotonicNs'>;
  /** Hears of each reading. */
  onStock?(stock: { sku: string; available: number }[]): void;
}): () => Promise<void> {
  const { pool, metrics, clock, onStock = () => {} } = deps;
  const { stockUnits, oversoldUnits, lapsedHolds, lapsedHoldAge } = metrics;
  const gauges = [stockUnits, oversoldUnits, lapsedHolds, lapsedHoldAge];
  const nowMs = () => clock.monotonicNs() / 1e6;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let oversold = new Map<string, number>();
  let countAgainAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  return async function refresh() {
    if (nowMs() - readAtMs < FRESH_MS) return;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  };

  async function read(): Promise<void> {
    const [rows, lapsed] = await readLedger().catch((error) => {
      for (const gauge of gauges) gauge.reset();
      throw new Error('the ledger could not be read for the stock gauges', { cause: error });
    });
    for (const { sku, available, reserved, sold } of rows) {
      stockUnits.set({ sku, state: 'available' }, available);
      stockUnits.set({ sku, state: 'reserved' }, reserved);
      stockUnits.set({ sku, state: 'sold' }, sold);
      oversoldUnits.set({ sku }, oversold.get(sku) ?? 0);
    }
    onStock(rows);
    lapsedHolds.set(lapsed.holds);
    lapsedHoldAge.set(lapsed.age);
    readAtMs = nowMs();
  }

  async function readLedger(): Promise<[StockRow[], Lapsed]> {
    if (nowMs() >= countAgainAtMs) await countOversold();
    return Promise.all([readStock(), readLapsed()]);
  }

  async function countOversold(): Promise<void> {
    const startedMs = nowMs();
    const { rows } = await pool.query<{ sku: string; units: number }>(
      `SELECT i.sku_id AS sku, (taken.units - i.total_count)::int AS units
       FROM inventory i JOIN (
         SELECT sku_id, sum(quantity) AS units FROM reservations
         WHERE status = 'CONFIRMED' OR (status = 'RESERVED' AND expires_at > now())
         GROUP BY sku_id
       ) taken USING (sku_id)
       WHERE taken.units > i.total_count`,
    );
    oversold = new Map(rows.map(({ sku, units }) => [sku, units]));
    const tookMs = nowMs() - startedMs;
    countAgainAtMs = tookMs < QUICK_MS ? startedMs : startedMs + tookMs / COUNTING_SHARE_MAX;
  }

  async function readLapsed(): Promise<Lapsed> {
    // Not prepared: a plan for a database without lapsed holds might read all holds of one with many.
    const { rows } = await pool.query<Lapsed>(
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
      text: `SELECT sku_id AS sku, available_count AS available, reserved_count AS reserved,
               sold_count AS sold
             FROM inventory`,
    });
    return rows;
  }
}
