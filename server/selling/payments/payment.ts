import type { OrderStatus } from '../../../src/protocol/orders.ts';
import type { WayOfSelling } from '../../../src/protocol/ways-of-selling.ts';
import type { OrderRow } from '../orders/stored-order.ts';

export type PaymentStatus = 'PENDING' | 'CHARGED' | 'DECLINED' | 'REFUNDED';

/** A payment with its order. With a basket it pays for its own order, the first line, and for those of the other lines. */
export interface Payment extends OrderRow {
  call_id: string | null;
  /** That of the order, or of all orders of the basket. */
  amount: string;
  payment_status: PaymentStatus;
  /** The way in which it buys. */
  way: WayOfSelling;
}

/**
 * - `look_up`: ask the provider for the result of the charge.
 * - `deliver`: the buyer was charged, but the units are not sold yet.
 * - `refund`: the order has ended without a sale, so the payment must be refunded, and blocked for later charges.
 */
export type NextStep = 'look_up' | 'deliver' | 'refund' | 'nothing';

/** The next step of a payment. It depends on the two statuses alone, so any process can take it at any time. */
export function nextStep(payment: PaymentStatus, order: OrderStatus): NextStep {
  if (payment === 'DECLINED' || payment === 'REFUNDED') return 'nothing';
  if (order === 'FAILED' || order === 'CANCELLED') return 'refund';
  if (order !== 'PENDING') return 'nothing';
  return payment === 'CHARGED' ? 'deliver' : 'look_up';
}
