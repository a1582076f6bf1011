import type { Pool } from 'pg';
import { TOPICS } from '../../../src/protocol/events.ts';
import { findOrderMovement } from './order-movement.ts';
import { ORDER_COLUMNS, type OrderRow } from './stored-order.ts';

export interface OrderStore {
  find(orderId: string, userId: string): Promise<OrderRow | undefined>;
  /** The id of the order that this user has for a reservation; undefined for one without an order, or whose order failed. */
  findOrderOf(reservationId: string, userId: string): Promise<string | undefined>;
  /** The number of the stock movement that sold or returned the order's units. */
  findMovement(orderId: string, kind: 'SOLD' | 'RETURNED'): Promise<number | undefined>;
  /** An order of any user, for the admin role. */
  findAny(orderId: string): Promise<OrderRow | undefined>;
  /** Makes a CONFIRMED order FULFILLED and writes its event; undefined for one that is not CONFIRMED or has tickets. */
  fulfil(orderId: string): Promise<OrderRow | undefined>;
  /** The user's orders, newest first, those after `cursor` (an order id). */
  list(userId: string, page: { limit: number; cursor: string | undefined }): Promise<OrderRow[]>;
}

/** Order ids are UUIDv7, so the newest order has the greatest id. */
const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function createOrderStore(pool: Pool): OrderStore {
  return {
    async find(orderId, userId) {
      const { rows } = await pool.query<OrderRow>({
        name: 'orders.find',
        text: `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_id = $1 AND user_id = $2`,
        values: [orderId, userId],
      });
      return rows[0];
    },
    async findOrderOf(reservationId, userId) {
      const { rows } = await pool.query<{ order_id: string }>({
        name: 'orders.find-of-reservation',
        text: `SELECT order_id FROM orders
               WHERE reservation_id = $1 AND user_id = $2 AND status <> 'FAILED'
               ORDER BY created_at DESC LIMIT 1`,
        values: [reservationId, userId],
      });
      return rows[0]?.order_id;
    },
    findMovement: (orderId, kind) => findOrderMovement(pool, orderId, kind),
    async findAny(orderId) {
      const { rows } = await pool.query<OrderRow>({
        name: 'orders.find-any',
        text: `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_id = $1`,
        values: [orderId],
      });
      return rows[0];
    },
    async fulfil(orderId) {
      const { rows } = await pool.query<OrderRow>({
        name: 'orders.fulfil',
        text: `WITH fulfilled AS (
                 UPDATE orders SET status = 'FULFILLED' WHERE order_id = $1 AND status = 'CONFIRMED'
                   AND NOT EXISTS (SELECT FROM tickets t WHERE t.order_id = $1)
                 RETURNING ${ORDER_COLUMNS}
               ),
               published AS (
                 SELECT publish_events(
                   ARRAY[$2], ARRAY['ORDER_FULFILLED'], ARRAY[sku_id::text],
                   ARRAY[jsonb_build_object('skuId', sku_id, 'reservationId', reservation_id, 'orderId', order_id,
                                            'userId', user_id, 'quantity', quantity)],
                   now())
                 FROM fulfilled
               )
               SELECT fulfilled.* FROM fulfilled CROSS JOIN published`,
        values: [orderId, TOPICS.orders],
      });
      return rows[0];
    },
    async list(userId, { limit, cursor }) {
      const { rows } = await pool.query<OrderRow>({
        name: 'orders.list',
        text: `SELECT ${ORDER_COLUMNS} FROM orders
               WHERE user_id = $1 AND order_id < $2 ORDER BY order_id DESC LIMIT $3`,
        values: [userId, cursor ?? LAST_UUID, limit],
      });
      return rows;
    },
  };
}
