import type { PaymentMethod } from '../../../../src/protocol/orders.ts';

/**
 * Port to the provider that moves the money. `paymentId` names a payment, so every call may be repeated: the same call
 * again has no further effect. Expected failures are values; only a bug throws.
 */
export interface PaymentGateway {
  /** Takes the money. A transaction pays for one payment: under another `paymentId` it is declined. */
  charge(request: ChargeRequest): Promise<ChargeOutcome>;

  find(paymentId: string): Promise<FindOutcome>;

  /**
   * Gives the money back, and sees to it that none is taken any more: a charge that arrives after its refund, on
   * whatever detour, is declined.
   */
  refund(paymentId: string): Promise<RefundOutcome>;
}

export interface ChargeRequest {
  paymentId: string;
  /** The buyer's name for the payment. */
  transactionId: string;
  /** Decimal string with two places. */
  amount: string;
  method: PaymentMethod;
}

export type ChargeOutcome =
  | { outcome: 'charged' }
  | { outcome: 'declined'; reason: string }
  /** The provider took it down and will tell. */
  | { outcome: 'pending' }
  /** The provider may have taken the money or not. */
  | { outcome: 'unknown' }
  /** The call cannot have reached the provider: nothing happened. */
  | { outcome: 'unavailable' };

export interface FindOutcome {
  outcome: 'charged' | 'pending' | 'declined' | 'refunded' | 'not_found' | 'unavailable';
}

export interface RefundOutcome {
  /** `not_charged`: there was no money, and there will be none. `unavailable`: ask again. */
  outcome: 'refunded' | 'not_charged' | 'unavailable';
}
