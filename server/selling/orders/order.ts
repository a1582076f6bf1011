import type { Order, OrderStatus } from '../../../src/protocol/orders.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type { ReservationStatus } from '../../../src/protocol/reservations.ts';
import type { ConfirmOutcome } from '../../stock/ledger.ts';

export type OrderEvent = 'payment_succeeded' | 'payment_failed' | 'cancelled' | 'shipped';

/** Every edge there is. A status without edges is terminal. */
const TRANSITIONS: Record<OrderStatus, Partial<Record<OrderEvent, OrderStatus>>> = {
  PENDING: { payment_succeeded: 'CONFIRMED', payment_failed: 'FAILED', cancelled: 'CANCELLED' },
  CONFIRMED: { shipped: 'FULFILLED', cancelled: 'CANCELLED' },
  FAILED: {},
  CANCELLED: {},
  FULFILLED: {},
};

/** The status after an event, or nothing if the event cannot happen to an order in this status. */
export const nextStatus = (status: OrderStatus, event: OrderEvent): OrderStatus | undefined =>
  TRANSITIONS[status][event];

/** What checkout has to know about the reservation it is asked to sell. */
export interface CheckoutReservation {
  reservationId: string;
  skuId: string;
  quantity: number;
  /** EXPIRED from the moment it lapses. */
  status: ReservationStatus;
  /** Decimal string: what the units cost together. */
  totalPrice: string;
  hasOrder: boolean;
}

/** Why a checkout ends without an order. `outcome` is its name in the metrics. */
export interface CheckoutRefusal {
  outcome: string;
  code: ProblemCode;
  detail: string;
}

/** Whether a reservation may be paid for, decided before any money moves; nothing means yes. */
export function refuseCheckout(
  reservation: CheckoutReservation | undefined,
): CheckoutRefusal | undefined {
  if (reservation === undefined) return CONFIRM_REFUSALS.not_found;
  if (reservation.hasOrder) return CONFIRM_REFUSALS.order_exists;
  if (reservation.status === 'EXPIRED') return CONFIRM_REFUSALS.expired;
  if (reservation.status !== 'RESERVED') return CONFIRM_REFUSALS.not_active;
  return undefined;
}

export const CONFIRM_REFUSALS: Record<
  Exclude<ConfirmOutcome['outcome'], 'sold'>,
  CheckoutRefusal
> = {
  not_found: {
    outcome: 'not_found',
    code: 'NOT_FOUND',
    detail: 'You have no reservation with this id.',
  },
  order_exists: {
    outcome: 'order_exists',
    code: 'ORDER_EXISTS',
    detail: 'The reservation has been checked out before.',
  },
  expired: {
    outcome: 'expired',
    code: 'RESERVATION_EXPIRED',
    detail: 'The reservation ended before it was paid for. No money was kept.',
  },
  not_active: {
    outcome: 'not_active',
    code: 'RESERVATION_NOT_ACTIVE',
    detail: 'The reservation was cancelled. No money was kept.',
  },
};

/** A row of `orders`, as the driver gives it. */
export interface OrderRow {
  order_id: string;
  reservation_id: string;
  user_id: string;
  sku_id: string;
  quantity: number;
  total_price: string;
  status: OrderStatus;
  payment_method: Order['paymentMethod'];
  transaction_id: string;
  created_at: Date;
}

export const describeOrder = (row: OrderRow): Order => ({
  orderId: row.order_id,
  reservationId: row.reservation_id,
  userId: row.user_id,
  skuId: row.sku_id,
  quantity: row.quantity,
  totalPrice: row.total_price,
  status: row.status,
  paymentMethod: row.payment_method,
  transactionId: row.transaction_id,
  createdAt: row.created_at.toISOString(),
});
