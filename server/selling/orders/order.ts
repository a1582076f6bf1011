import type { OrderStatus } from '../../../src/protocol/orders.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type { ReservationStatus } from '../../../src/protocol/reservations.ts';
import type { WayOfSelling } from '../../../src/protocol/ways-of-selling.ts';
import type { PayOutcome } from './payments.ts';

export type OrderEvent = 'payment_succeeded' | 'payment_failed' | 'cancelled' | 'shipped';

/** All transitions between statuses. A status without transitions is final. */
const TRANSITIONS: Record<OrderStatus, Partial<Record<OrderEvent, OrderStatus>>> = {
  PENDING: { payment_succeeded: 'CONFIRMED', payment_failed: 'FAILED', cancelled: 'CANCELLED' },
  CONFIRMED: { shipped: 'FULFILLED', cancelled: 'CANCELLED' },
  FAILED: {},
  CANCELLED: {},
  FULFILLED: {},
};

/** The status after an event; undefined if the event cannot happen to an order in this status. */
export const nextStatus = (status: OrderStatus, event: OrderEvent): OrderStatus | undefined =>
  TRANSITIONS[status][event];

/** The facts about a reservation that a checkout needs. */
export interface CheckoutReservation {
  reservationId: string;
  skuId: string;
  quantity: number;
  /** EXPIRED as soon as it has lapsed. */
  status: ReservationStatus;
  /** The way in which its SKU is sold. */
  soldBy: WayOfSelling;
  /** Decimal string: the price of all units together. */
  totalPrice: string;
  /** True when it was paid for. An order whose payment is pending does not count. */
  hasOrder: boolean;
}

/** A checkout that ends without an order. `outcome` is its label in the metrics. */
export interface CheckoutRefusal {
  outcome: string;
  code: ProblemCode;
  detail: string;
}

/** Decides before any charge if a reservation may be paid for; undefined means yes. */
export function refuseCheckout(
  reservation: CheckoutReservation | undefined,
): CheckoutRefusal | undefined {
  if (reservation === undefined) return PAY_REFUSALS.not_found;
  if (reservation.hasOrder) return PAY_REFUSALS.order_exists;
  if (reservation.soldBy !== 'reservations') return PAY_REFUSALS.sold_another_way;
  if (reservation.status === 'EXPIRED') return PAY_REFUSALS.expired;
  if (reservation.status !== 'RESERVED') return PAY_REFUSALS.not_active;
  return undefined;
}

/** The refusals for payments that have failed for good. A pending payment is not among them, as it may still succeed. */
export const PAY_REFUSALS: Record<
  Exclude<PayOutcome['outcome'], 'sold' | 'pending' | 'declined'>,
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
  sold_another_way: {
    outcome: 'sold_another_way',
    code: 'SOLD_ANOTHER_WAY',
    detail:
      'It belongs to a campaign, a flash sale or tickets and is bought there. Money that was taken goes back.',
  },
  expired: {
    outcome: 'expired',
    code: 'RESERVATION_EXPIRED',
    detail: 'The reservation ended before it was paid for. Money that was taken goes back.',
  },
  not_active: {
    outcome: 'not_active',
    code: 'RESERVATION_NOT_ACTIVE',
    detail: 'It was cancelled. Money that was taken goes back.',
  },
  transaction_reused: {
    outcome: 'transaction_reused',
    code: 'TRANSACTION_REUSED',
    detail: 'This transaction belongs to another order of yours; one transaction pays one order.',
  },
  unavailable: {
    outcome: 'payment_unavailable',
    code: 'PAYMENT_UNAVAILABLE',
    detail: 'The payment provider cannot be reached; nothing was charged and nothing changed.',
  },
};
