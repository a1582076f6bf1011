import type { Pool } from 'pg';

/**
 * Finds the number of the stock movement that sold or returned an order's units; undefined if there is none. Asked only
 * when an answer is made of an order that another call confirmed or cancelled: whoever does it has the number.
 */
export async function findOrderMovement(
  pool: Pool,
  orderId: string,
  kind: 'SOLD' | 'RETURNED',
): Promise<number | undefined> {
  const { rows } = await pool.query<{ sequence: number }>({
    name: 'orders.find-movement',
    text: `SELECT m.sequence
           FROM orders o JOIN stock_movements m USING (sku_id, reservation_id)
           WHERE o.order_id = $1 AND m.kind = $2`,
    values: [orderId, kind],
  });
  return rows[0]?.sequence;
}
