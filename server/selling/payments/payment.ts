import type { OrderStatus } from '../../../src/protocol/orders.ts';
import type { OrderRow } from '../orders/stored-order.ts';

export type PaymentStatus = 'PENDING' | 'CHARGED' | 'DECLINED' | 'REFUNDED';

/** A payment with the order it pays. */
export interface Payment extends OrderRow {
  call_id: string | null;
  payment_status: PaymentStatus;
  /** How many checkouts asked for it. */
  calls: number;
}

/**
 * - `ask`: look up what became of the charge.
 * - `deliver`: the money is there, the goods are not.
 * - `give_back`: the order has ended without goods, so no money may be kept, nor taken any more.
 */
export type NextStep = 'ask' | 'deliver' | 'give_back' | 'nothing';

/** What is left to be done about a payment. It follows from the two states alone, so anybody can go on at any time. */
export function nextStep(payment: PaymentStatus, order: OrderStatus): NextStep {
  if (payment === 'DECLINED' || payment === 'REFUNDED') return 'nothing';
  if (order === 'FAILED' || order === 'CANCELLED') return 'give_back';
  if (order !== 'PENDING') return 'nothing';
  return payment === 'CHARGED' ? 'deliver' : 'ask';
}
