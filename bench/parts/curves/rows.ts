import type { Pool } from 'pg';
import type { BenchPart } from '../../context.ts';
import { untilDelivered } from '../../kit/delivered.ts';
import { runRounds, withServers } from '../../kit/measure.ts';
import { ours, reservingPlan } from '../../kit/reserving.ts';
import { stockSkus } from '../../kit/stock-sku.ts';
import { type Curve, reportCurve } from './curve.ts';

const STEPS = [10_000, 100_000, 1_000_000, 10_000_000];
/** Past sales that the rows belong to. */
const SKUS = 10;
/** Rows of one statement, so that no transaction lasts for minutes. */
const CHUNK = 500_000;

export const rows: BenchPart = {
  name: 'rows',
  about:
    'how cost grows with past reservations in the tables (--rows-max 10000000 for the last point)',
  isDefault: true,
  run: async ({ openArena, rounds, rowsMax }) =>
    withServers(await openArena(), ours('ours, all roles'), 1, async (servers) => {
      const { pool } = servers.database;
      // The consumer groups must have subscribed before the rows are marked as handled by them.
      await untilDelivered(servers.origins[0] as string, servers.meter.used);
      const points: Curve['points'] = [];
      let there = 0;
      for (const total of STEPS.filter((step) => step <= rowsMax)) {
        await addPastSales(pool, total - there);
        there = total;
        const plan = reservingPlan({ connections: 256, count: 20_000, rounds });
        points.push({ x: total, rounds: await runRounds(servers, plan) });
      }
      return reportCurve({
        name: 'rows',
        title: '256 callers of one hot SKU, more past reservations in the tables',
        xLabel: 'past reservations',
        isLogarithmic: true,
        points,
      });
    }),
};

/**
 * Writes so many sold reservations of past sales, each with its two movements and its order. Their events are marked as
 * handled.
 */
async function addPastSales(pool: Pool, count: number): Promise<void> {
  const skuIds = await stockSkus(pool, SKUS, count);
  for (let done = 0; done < count; done += CHUNK) {
    await pool.query(INSERT_PAST_SALES, [skuIds, done, Math.min(CHUNK, count - done)]);
  }
  await pool.query(
    `WITH past AS (
       UPDATE inventory i SET available_count = total_count - m.sold, sold_count = m.sold, sequence = m.sequence
       FROM (SELECT sku_id, max(sequence) AS sequence, count(*) / 2 AS sold FROM stock_movements
             WHERE sku_id = ANY ($1) GROUP BY sku_id) m
       WHERE i.sku_id = m.sku_id
       RETURNING i.sku_id, i.sequence
     )
     INSERT INTO stock_cursors (sku_id, consumer_group, topic, sequence)
     SELECT sku_id, consumer_group, topic, sequence FROM past CROSS JOIN event_subscriptions`,
    [skuIds],
  );
  await pool.query('VACUUM (ANALYZE) reservations, stock_movements, orders');
}

/** Sales of yesterday: `$1` the SKUs, `$2` the number of the first row, `$3` their count. */
const INSERT_PAST_SALES = `
  WITH sold AS MATERIALIZED (
    SELECT gen_random_uuid() AS reservation_id, gen_random_uuid() AS user_id, gen_random_uuid() AS order_id,
      ($1::text[])[1 + n % array_length($1::text[], 1)] AS sku_id,
      1 + 2 * (n / array_length($1::text[], 1)) AS sequence,
      now() - interval '1 day' AS at
    FROM generate_series($2::int, $2::int + $3::int - 1) AS n
  ),
  reserved AS (
    INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at, confirmed_at, sequence)
    SELECT reservation_id, user_id, sku_id, 1, 'CONFIRMED', at, at + interval '2 minutes', at, sequence FROM sold
  ),
  moved AS (
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, order_id, created_at)
    SELECT sku_id, sequence + step, kind, 1, reservation_id, user_id, CASE kind WHEN 'SOLD' THEN order_id END, at
    FROM sold CROSS JOIN (VALUES (0, 'RESERVED'), (1, 'SOLD')) AS movement (step, kind)
  )
  INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status, payment_method,
                      transaction_id, created_at)
  SELECT order_id, reservation_id, user_id, sku_id, 1, 5, 'CONFIRMED', 'card', order_id::text, at FROM sold`;
