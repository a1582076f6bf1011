import type { PaymentMethod } from '../../src/protocol/orders.ts';

/** Port to whoever moves the money. Both calls may be repeated: the same call again has no further effect. */
export interface PaymentGateway {
  /**
   * Takes the money. `transactionId` names the payment: a second charge under the same id for the same purpose is the
   * same charge; for another purpose, another amount, or after a refund it is declined.
   */
  charge(request: ChargeRequest): Promise<ChargeOutcome>;
  /** Gives the money of a charge back. A transaction that was never charged needs no refund, so that is no error. */
  refund(transactionId: string): Promise<void>;
}

export interface ChargeRequest {
  transactionId: string;
  /** What the money is for: the reservation's id. */
  purpose: string;
  /** Decimal string with two places. */
  amount: string;
  method: PaymentMethod;
}

export type ChargeOutcome = { outcome: 'charged' } | { outcome: 'declined'; reason: string };
