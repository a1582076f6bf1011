import type { Pool, PoolClient } from 'pg';
import { transaction } from '../../platform/postgres.ts';
import type { WantedOrder } from '../orders/payments.ts';
import { ORDER_COLUMNS } from '../orders/stored-order.ts';
import type { Payment } from './payment.ts';

export interface PaymentStore {
  /** Places the order and begins its payment, or finds the payment that an earlier call of the same kind began. */
  begin(wanted: WantedOrder): Promise<BeginOutcome>;
  find(orderId: string): Promise<Payment | undefined>;
  /** Makes as if it had never begun, unless another call (there are `calls` of them) goes on with it. */
  forget(orderId: string, calls: number): Promise<void>;
  /** Sees to it that the payment is looked after in `afterMs`. */
  lookAgain(orderId: string, afterMs: number): Promise<void>;
  /** Takes down that the money is there. */
  charged(orderId: string): Promise<void>;
  /** Takes down that the provider has no money of it and never will. An order that waited for it fails. */
  ended(orderId: string, how: 'DECLINED' | 'REFUNDED'): Promise<void>;
  /** Fails an order that still waits, so that its money goes back; false when it waits no more. */
  abandon(orderId: string, money: 'PENDING' | 'CHARGED'): Promise<boolean>;
  /**
   * Lends out up to `limit` payments that somebody has to look after; each comes back later, the more often it did the
   * later, for as long as it is not settled.
   */
  claimDue(limit: number): Promise<Payment[]>;
  /**
   * Takes down what the provider told, once: false for an event that was told before, or is about no payment of ours.
   */
  hear(event: ProviderEvent): Promise<boolean>;
  /** Forgets events so old that nobody can replay them. */
  forgetEvents(olderThanMs: number): Promise<void>;
}

export interface ProviderEvent {
  eventId: string;
  orderId: string;
  told: 'CHARGED' | 'DECLINED' | 'REFUNDED';
}

export type BeginOutcome =
  | { outcome: 'begun'; payment: Payment }
  | { outcome: 'order_exists' | 'transaction_reused' };

const LOOK_AFTER_S_MAX = 60;

const PAYMENT = `${ORDER_COLUMNS.replace(/\w+/g, 'o.$&')}, o.call_id, p.status AS payment_status, p.calls`;

/** @param firstLookAfterMs by then a checkout has ended, or nobody works on it any more */
export function createPaymentStore(pool: Pool, firstLookAfterMs: number): PaymentStore {
  const first = async (db: Pool | PoolClient, name: string, text: string, values: unknown[]) =>
    (await db.query<Payment>({ name: `payments.${name}`, text, values })).rows[0];

  return {
    async begin(wanted) {
      const { orderId, reservationId, userId, skuId, quantity, amount, method, transactionId } =
        wanted;
      const placed = await first(
        pool,
        'begin',
        `WITH placed AS (
           INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                               payment_method, transaction_id, call_id, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8, $9, now())
           ON CONFLICT DO NOTHING
           RETURNING *
         ),
         begun AS (
           INSERT INTO payments (order_id, status, amount, next_try_at, created_at)
           SELECT order_id, 'PENDING', total_price, now() + $10 * interval '1 millisecond', now() FROM placed
           RETURNING *
         )
         SELECT ${PAYMENT} FROM placed o JOIN begun p USING (order_id)`,
        [
          ...[orderId, reservationId, userId, skuId, quantity, amount, method, transactionId],
          ...[wanted.callId ?? null, firstLookAfterMs],
        ],
      );
      if (placed !== undefined) return { outcome: 'begun', payment: placed };

      const known = await first(
        pool,
        'go-on',
        `UPDATE payments p SET calls = calls + 1 FROM orders o
         WHERE o.user_id = $1 AND o.transaction_id = $2 AND o.reservation_id = $3 AND p.order_id = o.order_id
         RETURNING ${PAYMENT}`,
        [userId, transactionId, reservationId],
      );
      if (known !== undefined) return { outcome: 'begun', payment: known };

      const { rowCount } = await pool.query({
        name: 'payments.is-used',
        text: 'SELECT FROM orders WHERE user_id = $1 AND transaction_id = $2',
        values: [userId, transactionId],
      });
      return { outcome: rowCount === 0 ? 'order_exists' : 'transaction_reused' };
    },

    find: (orderId) =>
      first(
        pool,
        'find',
        `SELECT ${PAYMENT} FROM payments p JOIN orders o USING (order_id) WHERE p.order_id = $1`,
        [orderId],
      ),

    async forget(orderId, calls) {
      await pool.query({
        name: 'payments.forget',
        text: `WITH forgotten AS (
                 DELETE FROM payments WHERE order_id = $1 AND calls = $2 AND status = 'PENDING' RETURNING order_id
               )
               DELETE FROM orders o USING forgotten f WHERE o.order_id = f.order_id AND o.status = 'PENDING'`,
        values: [orderId, calls],
      });
    },

    async lookAgain(orderId, afterMs) {
      await pool.query({
        name: 'payments.look-again',
        text: `UPDATE payments SET next_try_at = now() + $2 * interval '1 millisecond'
               WHERE order_id = $1 AND next_try_at IS NOT NULL`,
        values: [orderId, afterMs],
      });
    },

    charged: (orderId) => markCharged(pool, orderId),
    ended: (orderId, how) => markEnded(pool, orderId, how),

    async abandon(orderId, money) {
      const { rowCount } = await pool.query({
        name: 'payments.abandon',
        text: `WITH failed AS (
                 UPDATE orders SET status = 'FAILED' WHERE order_id = $1 AND status = 'PENDING' RETURNING order_id
               )
               UPDATE payments p SET status = $2 FROM failed f
               WHERE p.order_id = f.order_id AND p.status IN ('PENDING', 'CHARGED')`,
        values: [orderId, money],
      });
      return rowCount === 1;
    },

    async claimDue(limit) {
      const { rows } = await pool.query<Payment>({
        name: 'payments.claim',
        text: `WITH due AS (
                 SELECT order_id FROM payments WHERE next_try_at <= now()
                 ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
               )
               UPDATE payments p
               SET tries = p.tries + 1,
                   next_try_at = now() + least(2 ^ least(p.tries, 10), $2) * interval '1 second'
               FROM due, orders o
               WHERE p.order_id = due.order_id AND o.order_id = due.order_id
               RETURNING ${PAYMENT}`,
        values: [limit, LOOK_AFTER_S_MAX],
      });
      return rows;
    },

    hear({ eventId, orderId, told }) {
      return transaction(pool, async (client) => {
        const { rowCount } = await client.query({
          name: 'payments.hear',
          text: `INSERT INTO payment_events (event_id)
                 SELECT $1 FROM payments WHERE order_id = $2 ON CONFLICT DO NOTHING`,
          values: [eventId, orderId],
        });
        if (rowCount === 0) return false;
        if (told === 'CHARGED') await markCharged(client, orderId);
        else await markEnded(client, orderId, told);
        return true;
      });
    },

    async forgetEvents(olderThanMs) {
      await pool.query({
        name: 'payments.forget-events',
        text: `DELETE FROM payment_events WHERE received_at < now() - $1 * interval '1 millisecond'`,
        values: [olderThanMs],
      });
    },
  };
}

async function markCharged(db: Pool | PoolClient, orderId: string): Promise<void> {
  await db.query({
    name: 'payments.charged',
    text: `UPDATE payments SET status = 'CHARGED', next_try_at = now(), tries = 0
           WHERE order_id = $1 AND status = 'PENDING'`,
    values: [orderId],
  });
}

/** Money that an order rests on was not refunded by us, whoever says so. */
async function markEnded(
  db: Pool | PoolClient,
  orderId: string,
  how: 'DECLINED' | 'REFUNDED',
): Promise<void> {
  await db.query({
    name: 'payments.ended',
    text: `WITH failed AS (
             UPDATE orders SET status = 'FAILED' WHERE order_id = $1 AND status = 'PENDING'
           )
           UPDATE payments p SET status = $2, next_try_at = NULL FROM orders o
           WHERE p.order_id = $1 AND o.order_id = $1 AND o.status NOT IN ('CONFIRMED', 'FULFILLED')
             AND p.status IN ('PENDING', 'CHARGED')`,
    values: [orderId, how],
  });
}
