import type { Order, PaymentMethod } from '../../../src/protocol/orders.ts';
import type { WayOfSelling } from '../../../src/protocol/ways-of-selling.ts';
import type { ConfirmOutcome } from '../../stock/ledger.ts';

/** Port to the feature that charges for a hold and makes it a paid order. */
export interface Payments {
  /**
   * Charges the buyer and sells the units of the hold. The same call again (same user, transaction and reservation)
   * continues the same payment, so no buyer is charged twice.
   */
  pay(wanted: WantedOrder): Promise<PayOutcome>;
}

/** An order that is to be paid. */
export interface WantedOrder {
  /** Id for the order, if this transaction has no order yet. */
  orderId: string;
  reservationId: string;
  userId: string;
  skuId: string;
  quantity: number;
  /** Decimal string with two places. */
  amount: string;
  method: PaymentMethod;
  /** The buyer's id for the payment. */
  transactionId: string;
  callId: string | undefined;
  /** The way in which it buys; absent: by a reservation. */
  way?: WayOfSelling;
}

export type PayOutcome =
  | { outcome: 'sold'; order: Order }
  /** The provider has not decided, or its decision is not known: the order is settled later. */
  | { outcome: 'pending'; order: Order }
  | { outcome: 'declined'; reason: string }
  /** The provider cannot be reached. Order and payment were deleted again. */
  | { outcome: 'unavailable' }
  /** The buyer has used this transaction for another reservation. */
  | { outcome: 'transaction_reused' }
  /** The charge came too late, or its hold is gone. The money is refunded. */
  | { outcome: Exclude<ConfirmOutcome['outcome'], 'sold'> };
