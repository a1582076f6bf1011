import type { OrderStatus } from '../../../src/protocol/orders.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
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

/** A checkout that ends without an order. `outcome` is its label in the metrics. */
export interface CheckoutRefusal {
  outcome: string;
  code: ProblemCode;
  detail: string;
}

/**
 * The refusals of reservations that cannot be sold, and of payments that have failed for good. A pending payment is not
 * among them, as it may still succeed.
 */
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
  in_basket: {
    outcome: 'in_basket',
    code: 'PART_OF_BASKET',
    detail: 'It is bought with the other lines of its basket: check out the basket.',
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
