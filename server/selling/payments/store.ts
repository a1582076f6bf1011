import type { Pool, PoolClient } from 'pg';
import { transaction } from '../../platform/postgres.ts';
import { findOrderMovement } from '../orders/order-movement.ts';
import type { CheckoutRefused, WantedBasket, WantedOrder } from '../orders/payments.ts';
import { ORDER_COLUMNS, type OrderRow } from '../orders/stored-order.ts';
import type { Payment } from './payment.ts';
import { createPlaceOrder } from './place-orders.ts';

export interface PaymentStore {
  /**
   * Places the order and begins its payment, or finds the payment of an earlier call for the same transaction. A reservation
   * that cannot be sold is refused, and nothing is written.
   */
  begin(wanted: WantedOrder): Promise<BeginOutcome>;
  /** The same for all lines of a basket, with one payment. */
  beginBasket(wanted: WantedBasket): Promise<BeginOutcome>;
  find(orderId: string): Promise<Payment | undefined>;
  /** The orders that a payment pays for: one, or those of the lines of a basket in order. */
  listOrders(orderId: string): Promise<OrderRow[]>;
  /** The number of the stock movement that sold the order's units. */
  findSale(orderId: string): Promise<number | undefined>;
  /**
   * Deletes the payment with what it pays for, as long as one call has asked for it: once a second one has joined it, the provider
   * may have the money by the other.
   */
  remove(orderId: string): Promise<void>;
  /** Makes the payment due in `afterMs`. */
  scheduleLookUp(orderId: string, afterMs: number): Promise<void>;
  /** Records that the buyer was charged. */
  recordCharge(orderId: string): Promise<void>;
  /** Records that the payment ended without money at the provider, for good. A PENDING order fails with it. */
  recordEnd(orderId: string, how: 'DECLINED' | 'REFUNDED'): Promise<void>;
  /** Fails a PENDING order, so that its payment is refunded. Resolves to false for an order that is not PENDING. */
  failOrder(orderId: string, payment: 'PENDING' | 'CHARGED'): Promise<boolean>;
  /**
   * Claims up to `limit` payments that are due. A payment that is not settled becomes due again, each time after a longer
   * delay.
   */
  claimDue(limit: number): Promise<Payment[]>;
  /**
   * Records an event of the provider, once. Resolves to false for an event that is stored already, or for a payment that
   * does not exist here.
   */
  recordEvent(event: ProviderEvent): Promise<boolean>;
  /** Deletes events so old that their webhooks are refused anyway. */
  deleteEvents(olderThanMs: number): Promise<void>;
}

export interface ProviderEvent {
  eventId: string;
  orderId: string;
  status: 'CHARGED' | 'DECLINED' | 'REFUNDED';
}

export type BeginOutcome =
  | { outcome: 'begun'; payment: Payment }
  | { outcome: CheckoutRefused | 'transaction_reused' };

/** The longest delay between two tries to settle a payment. */
const RETRY_AFTER_S_MAX = 60;

const PAYMENT = `${ORDER_COLUMNS.replace(/\w+/g, 'o.$&')}, o.call_id, p.status AS payment_status,
  p.way, p.amount`;

/** Orders of what the call wants to pay for. */
const OF_RESERVATION = 'o.reservation_id = $3';
const OF_BASKET = 'o.basket_id = $3';

/** The ids of all orders that the payment $1 pays for. */
const PAID_ORDERS = `ANY (ARRAY(SELECT $1::uuid UNION ALL SELECT order_id FROM orders WHERE payment_id = $1))`;

/**
 * All orders that the payment $1 pays for, locked before it and in the order of their ids. The ledger locks them so as well, so
 * that neither waits for the other in a circle. Their statuses are those that they have under the locks.
 */
const LOCKED_ORDERS = `paid AS MATERIALIZED (
  SELECT order_id, status FROM orders WHERE order_id = ${PAID_ORDERS} ORDER BY order_id FOR UPDATE
)`;

/** Fails those of the locked orders that are PENDING. */
const FAIL_ORDERS = `UPDATE orders o SET status = 'FAILED' FROM paid
  WHERE o.order_id = paid.order_id AND paid.status = 'PENDING'`;

/** @param dueAfterMs time after which a new payment is due; by then its checkout has ended, or its process has died */
export function createPaymentStore(pool: Pool, dueAfterMs: number): PaymentStore {
  const placeOrder = createPlaceOrder(pool, dueAfterMs);
  const first = async (db: Pool | PoolClient, name: string, text: string, values: unknown[]) =>
    (await db.query<Payment>({ name: `payments.${name}`, text, values })).rows[0];

  /** A call that repeats one whose payment failed is told so, also if the hold has ended since then. */
  async function refuse(
    name: string,
    isTheSame: string,
    outcome: CheckoutRefused,
    { userId, transactionId }: Pick<WantedOrder, 'userId' | 'transactionId'>,
    id: string,
  ): Promise<BeginOutcome> {
    if (outcome !== 'expired' && outcome !== 'not_active') return { outcome };
    const failed = await first(
      pool,
      name,
      `SELECT ${PAYMENT} FROM orders o JOIN payments p USING (order_id)
       WHERE o.user_id = $1 AND o.transaction_id = $2 AND ${isTheSame} AND o.status = 'FAILED'`,
      [userId, transactionId, id],
    );
    return failed === undefined ? { outcome } : { outcome: 'begun', payment: failed };
  }

  /** Joins the payment of an earlier call with the same transaction, if it was for the same thing. */
  async function goOn(
    name: string,
    isTheSame: string,
    { userId, transactionId }: Pick<WantedOrder, 'userId' | 'transactionId'>,
    id: string,
  ): Promise<BeginOutcome> {
    const known = await first(
      pool,
      name,
      `UPDATE payments p SET calls = calls + 1 FROM orders o
       WHERE o.user_id = $1 AND o.transaction_id = $2 AND ${isTheSame} AND p.order_id = o.order_id
       RETURNING ${PAYMENT}`,
      [userId, transactionId, id],
    );
    if (known !== undefined) return { outcome: 'begun', payment: known };

    const { rowCount } = await pool.query({
      name: 'payments.is-used',
      text: 'SELECT FROM orders WHERE user_id = $1 AND transaction_id = $2',
      values: [userId, transactionId],
    });
    return { outcome: rowCount === 0 ? 'order_exists' : 'transaction_reused' };
  }

  return {
    async begin(wanted) {
      const placed = await placeOrder(wanted);
      if (placed.outcome === 'begun') return placed;
      const { reservationId } = wanted;
      return placed.outcome === 'not_placed'
        ? goOn('go-on', OF_RESERVATION, wanted, reservationId)
        : refuse('why-ended', OF_RESERVATION, placed.outcome, wanted, reservationId);
    },

    async beginBasket(wanted) {
      const { basketId, userId, orderIds, method, transactionId, callId, way } = wanted;
      const { rows } = await pool.query<{ outcome: CheckoutRefused | 'begun' | 'not_placed' }>({
        name: 'payments.place-basket',
        text: 'SELECT place_basket($1, $2, $3, $4, $5, $6, $7, $8) AS outcome',
        values: [
          ...[basketId, userId, orderIds, method, transactionId],
          ...[callId ?? null, dueAfterMs, way ?? 'reservations'],
        ],
      });
      const outcome = rows[0]?.outcome ?? 'not_found';
      if (outcome === 'not_placed') return goOn('go-on-with-basket', OF_BASKET, wanted, basketId);
      if (outcome !== 'begun') {
        return refuse('why-basket-ended', OF_BASKET, outcome, wanted, basketId);
      }
      const payment = await this.find(orderIds[0] as string);
      // Somebody who had joined it meanwhile has removed it again, because the provider is away.
      return payment === undefined ? { outcome: 'expired' } : { outcome, payment };
    },

    async listOrders(orderId) {
      const { rows } = await pool.query<OrderRow>({
        name: 'payments.list-orders',
        text: `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_id = ${PAID_ORDERS} ORDER BY reservation_id`,
        values: [orderId],
      });
      return rows;
    },

    find: (orderId) =>
      first(
        pool,
        'find',
        `SELECT ${PAYMENT} FROM payments p JOIN orders o USING (order_id) WHERE p.order_id = $1`,
        [orderId],
      ),

    findSale: (orderId) => findOrderMovement(pool, orderId, 'SOLD'),

    async remove(orderId) {
      await pool.query({
        name: 'payments.remove',
        text: `WITH ${LOCKED_ORDERS},
               forgotten AS (
                 DELETE FROM payments p USING paid
                 WHERE p.order_id = $1 AND paid.order_id = $1 AND p.calls = 1 AND p.status = 'PENDING'
                 RETURNING p.order_id
               )
               DELETE FROM orders o USING forgotten, paid
               WHERE o.order_id = paid.order_id AND paid.status = 'PENDING'`,
        values: [orderId],
      });
    },

    async scheduleLookUp(orderId, afterMs) {
      await pool.query({
        name: 'payments.schedule-look-up',
        text: `UPDATE payments SET next_try_at = now() + $2 * interval '1 millisecond'
               WHERE order_id = $1 AND next_try_at IS NOT NULL`,
        values: [orderId, afterMs],
      });
    },

    recordCharge: (orderId) => markCharged(pool, orderId),
    recordEnd: (orderId, how) => markEnded(pool, orderId, how),

    async failOrder(orderId, payment) {
      const { rowCount } = await pool.query({
        name: 'payments.fail-order',
        text: `WITH ${LOCKED_ORDERS}, failed AS (${FAIL_ORDERS} RETURNING o.order_id)
               UPDATE payments p SET status = $2 FROM failed f
               WHERE p.order_id = $1 AND f.order_id = $1 AND p.status IN ('PENDING', 'CHARGED')`,
        values: [orderId, payment],
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
        values: [limit, RETRY_AFTER_S_MAX],
      });
      return rows;
    },

    recordEvent({ eventId, orderId, status }) {
      return transaction(pool, async (client) => {
        const { rowCount } = await client.query({
          name: 'payments.record-event',
          text: `INSERT INTO payment_events (event_id)
                 SELECT $1 FROM payments WHERE order_id = $2 ON CONFLICT DO NOTHING`,
          values: [eventId, orderId],
        });
        if (rowCount === 0) return false;
        if (status === 'CHARGED') await markCharged(client, orderId);
        else await markEnded(client, orderId, status);
        return true;
      });
    },

    async deleteEvents(olderThanMs) {
      await pool.query({
        name: 'payments.delete-events',
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

/** A CONFIRMED or FULFILLED order keeps its payment, because this server refunds only orders that ended without a sale. */
async function markEnded(
  db: Pool | PoolClient,
  orderId: string,
  how: 'DECLINED' | 'REFUNDED',
): Promise<void> {
  await db.query({
    name: 'payments.ended',
    text: `WITH ${LOCKED_ORDERS}, failed AS (${FAIL_ORDERS})
           UPDATE payments p SET status = $2, next_try_at = NULL FROM paid
           WHERE p.order_id = $1 AND paid.order_id = $1 AND paid.status NOT IN ('CONFIRMED', 'FULFILLED')
             AND p.status IN ('PENDING', 'CHARGED')`,
    values: [orderId, how],
  });
}
