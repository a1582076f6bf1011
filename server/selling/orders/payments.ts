import type { Order, PaymentMethod } from '../../../src/protocol/orders.ts';
import type { ConfirmOutcome } from '../../stock/ledger.ts';

/** Port to whoever turns a hold into a paid order, however long that takes. */
export interface Payments {
  /**
   * Charges the buyer and sells them what they hold. The same call again (same user, transaction and reservation) goes on
   * with the same payment: nobody is charged twice.
   */
  pay(wanted: WantedOrder): Promise<PayOutcome>;
}

/** What is to be paid for. */
export interface WantedOrder {
  /** For the order, if none was placed for this transaction before. */
  orderId: string;
  reservationId: string;
  userId: string;
  skuId: string;
  quantity: number;
  /** Decimal string with two places. */
  amount: string;
  method: PaymentMethod;
  /** The buyer's name for the payment. */
  transactionId: string;
  callId: string | undefined;
}

export type PayOutcome =
  | { outcome: 'sold'; order: Order }
  /** The provider has not decided, or nobody knows what it decided: the order is settled later. */
  | { outcome: 'pending'; order: Order }
  | { outcome: 'declined'; reason: string }
  /** The provider cannot be reached, and nothing is kept of the call. */
  | { outcome: 'unavailable' }
  /** The buyer has paid, or is paying, something else with this transaction. */
  | { outcome: 'transaction_reused' }
  /** The money came too late, or for something that is gone. It goes back. */
  | { outcome: Exclude<ConfirmOutcome['outcome'], 'sold'> };
