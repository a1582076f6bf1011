import type { PaymentMethod } from '../../../../src/protocol/orders.ts';

/**
 * Port to the payment provider. Every call names its payment by `paymentId`, so it may be repeated: the same call again
 * has no further effect. Expected failures are values; only a bug throws.
 */
export interface PaymentGateway {
  /** Charges the buyer. A transaction belongs to one payment; under another `paymentId` it is declined. */
  charge(request: ChargeRequest): Promise<ChargeOutcome>;

  find(paymentId: string): Promise<FindOutcome>;

  /**
   * Refunds the payment and blocks it: a charge that reaches the provider after its refund, however late, is declined.
   */
  refund(paymentId: string): Promise<RefundOutcome>;
}

export interface ChargeRequest {
  paymentId: string;
  /** The buyer's id for the payment. */
  transactionId: string;
  /** Decimal string with two places. */
  amount: string;
  method: PaymentMethod;
}

export type ChargeOutcome =
  | { outcome: 'charged' }
  | { outcome: 'declined'; reason: string }
  /** The provider has accepted the charge and reports its result later. */
  | { outcome: 'pending' }
  /** The result is not known: the provider may have charged the buyer or not. */
  | { outcome: 'unknown' }
  /** The call cannot have reached the provider, so nothing happened. */
  | { outcome: 'unavailable' };

export interface FindOutcome {
  outcome: 'charged' | 'pending' | 'declined' | 'refunded' | 'not_found' | 'unavailable';
}

export interface RefundOutcome {
  /** `not_charged`: the payment was not charged and never will be. `unavailable`: the call must be repeated. */
  outcome: 'refunded' | 'not_charged' | 'unavailable';
}
