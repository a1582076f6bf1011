import type { Pool } from 'pg';
import { createGroupCommit } from '../../platform/group-commit.ts';
import { mayBeOneRequestsFault, uuidArray } from '../../platform/postgres.ts';
import { wayOf } from '../../stock/ledger.ts';
import { untilDecided } from '../../stock/until-decided.ts';
import type { CheckoutRefused, WantedOrder } from '../orders/payments.ts';
import type { Payment } from './payment.ts';

/** `not_placed`: the reservation has a PENDING order, or the buyer has used the transaction before. */
export type PlaceOutcome =
  | { outcome: 'begun'; payment: Payment }
  | { outcome: 'not_placed' }
  | { outcome: CheckoutRefused };

interface PlacedRow {
  outcome: PlaceOutcome['outcome'];
  sku_id: string;
  quantity: number;
  total_price: string;
  created_at: Date;
}

/** A larger batch gains nothing, and all calls in it wait longer. */
const BATCH_MAX = 256;

/**
 * Places orders and begins their payments, unless the reservation cannot be sold (`sql/place-orders.sql`). It does so in
 * groups: while one statement commits, the orders that are wanted meanwhile form the next batch.
 *
 * @param dueAfterMs time after which a new payment is due; by then its checkout has ended, or its process has died
 */
export function createPlaceOrder(
  pool: Pool,
  dueAfterMs: number,
): (wanted: WantedOrder) => Promise<PlaceOutcome> {
  const places = createGroupCommit<WantedOrder, PlaceOutcome>({
    // Orders lock nothing that is scarce, so one batch has those of all SKUs that are bought in one way.
    keyOf: wayOf,
    conflictKey: ({ reservationId }) => reservationId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault,
    execute: (_, batch) => place(batch),
  });

  return (wanted) => untilDecided(() => places.submit(wanted));

  async function place(batch: WantedOrder[]): Promise<PlaceOutcome[]> {
    const { rows } = await pool.query<PlacedRow>({
      name: 'payments.place-orders',
      text: 'SELECT * FROM place_orders($1, $2, $3, $4, $5, $6, $7, $8)',
      values: [
        uuidArray(batch.map(({ orderId }) => orderId)),
        uuidArray(batch.map(({ reservationId }) => reservationId)),
        uuidArray(batch.map(({ userId }) => userId)),
        batch.map(({ method }) => method),
        batch.map(({ transactionId }) => transactionId),
        batch.map(({ callId }) => callId ?? null),
        dueAfterMs,
        wayOf(batch[0] as WantedOrder),
      ],
    });
    return batch.map((wanted, index) => {
      const row = rows[index] as PlacedRow;
      return row.outcome === 'begun'
        ? { outcome: 'begun', payment: newPayment(wanted, row) }
        : { outcome: row.outcome };
    });
  }
}

/** The payment of an order as it was placed. */
const newPayment = (wanted: WantedOrder, placed: PlacedRow): Payment => ({
  order_id: wanted.orderId,
  reservation_id: wanted.reservationId,
  user_id: wanted.userId,
  sku_id: placed.sku_id,
  quantity: placed.quantity,
  total_price: placed.total_price,
  status: 'PENDING',
  payment_method: wanted.method,
  transaction_id: wanted.transactionId,
  created_at: placed.created_at,
  call_id: wanted.callId ?? null,
  basket_id: null,
  amount: placed.total_price,
  payment_status: 'PENDING',
  way: wayOf(wanted),
});
