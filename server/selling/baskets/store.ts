import type { Pool } from 'pg';
import type { Order } from '../../../src/protocol/orders.ts';
import type { Reservation } from '../../../src/protocol/reservations.ts';
import type { StoredBasket } from './basket.ts';

export interface BasketStore {
  /**
   * A basket of this user. With `movement` its orders have the sequences of their movements of this kind: only for an answer that
   * is given again, because they are looked for among all movements of their SKUs.
   */
  find(
    basketId: string,
    userId: string,
    movement?: 'SOLD' | 'RETURNED',
  ): Promise<StoredBasket | undefined>;
}

type Row<Of, Times extends keyof Of> = Omit<Of, Times> & Record<Times, Date>;
type LineRow = Row<Reservation, 'createdAt' | 'expiresAt'> & { confirmed: Date | null };
type OrderRow = Row<Order, 'createdAt'> & { moved: number | null };

export function createBasketStore(pool: Pool): BasketStore {
  return {
    async find(basketId, userId, movement) {
      // The ids of holds are in the order of the lines.
      const { rows: lines } = await pool.query<LineRow>({
        name: 'baskets.lines',
        text: `SELECT reservation_id AS "reservationId", user_id AS "userId", sku_id AS "skuId", quantity,
                 created_at AS "createdAt", expires_at AS "expiresAt", confirmed_at AS confirmed, sequence,
                 CASE WHEN status = 'RESERVED' AND expires_at <= now() THEN 'EXPIRED' ELSE status::text END AS status
               FROM reservations WHERE basket_id = $1 AND user_id = $2 ORDER BY reservation_id`,
        values: [basketId, userId],
      });
      if (lines.length === 0) return undefined;
      const { rows: orders } = await pool.query<OrderRow>({
        name: 'baskets.orders',
        text: `SELECT order_id AS "orderId", o.reservation_id AS "reservationId", o.user_id AS "userId",
                 o.sku_id AS "skuId", o.quantity, total_price AS "totalPrice", o.status::text AS status,
                 payment_method AS "paymentMethod", transaction_id AS "transactionId", o.created_at AS "createdAt",
                 o.basket_id AS "basketId",
                 CASE WHEN $2::text IS NOT NULL THEN
                   (SELECT m.sequence FROM stock_movements m
                    WHERE m.sku_id = o.sku_id AND m.reservation_id = o.reservation_id AND m.kind = $2)
                 END AS moved
               FROM orders o
               WHERE o.reservation_id = ANY ($1) AND o.status <> 'FAILED' ORDER BY o.reservation_id`,
        values: [lines.map(({ reservationId }) => reservationId), movement ?? null],
      });
      return {
        basketId,
        lines: lines.map(({ createdAt, expiresAt, confirmed, ...line }) => ({
          ...line,
          createdAt: createdAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
          confirmedAt: confirmed?.toISOString() ?? null,
        })),
        orders: orders.map(({ createdAt, moved, ...order }) => ({
          ...order,
          createdAt: createdAt.toISOString(),
          sequence: moved ?? undefined,
        })),
      };
    },
  };
}
