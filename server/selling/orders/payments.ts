import type { Order, PaymentMethod } from '../../../src/protocol/orders.ts';
import type { WayOfSelling } from '../../../src/protocol/ways-of-selling.ts';
import type { ConfirmOutcome } from '../../stock/ledger.ts';

/** Port to the feature that charges for a hold and makes it a paid order. */
export interface Payments {
  /**
   * Charges the buyer and sells the units of the hold; a reservation that cannot be sold is refused before any charge. The
   * same call again (same user, transaction and reservation) continues the same payment, so no buyer is charged twice.
   */
  pay(wanted: WantedOrder): Promise<PayOutcome>;

  /** The same for all lines of a basket, which one payment pays: they are sold together or not at all. */
  payBasket(wanted: WantedBasket): Promise<PayBasketOutcome>;
}

/** An order that is to be paid. It is of all units of the reservation, at the price that they have when it is placed. */
export interface WantedOrder {
  /** Id for the order, if this transaction has no order yet. */
  orderId: string;
  reservationId: string;
  userId: string;
  method: PaymentMethod;
  /** The buyer's id for the payment. */
  transactionId: string;
  callId: string | undefined;
  /** The way in which it buys; absent: by a reservation. */
  way?: WayOfSelling;
}

export interface WantedBasket
  extends Pick<WantedOrder, 'userId' | 'method' | 'transactionId' | 'callId' | 'way'> {
  basketId: string;
  /** Ids for the orders, one for each line. The payment has the first one. */
  orderIds: string[];
}

export type PayBasketOutcome =
  | { outcome: 'sold' | 'pending'; orders: Order[] }
  | Exclude<PayOutcome, { order: Order }>;

export type PayOutcome =
  | { outcome: 'sold'; order: Order }
  /** The provider has not decided, or its decision is not known: the order is settled later. */
  | { outcome: 'pending'; order: Order }
  | { outcome: 'declined'; reason: string }
  /** The provider cannot be reached. Order and payment were deleted again, or are settled later if another call asked for them. */
  | { outcome: 'unavailable' }
  /** The buyer has used this transaction for another reservation. */
  | { outcome: 'transaction_reused' }
  /** Nothing was charged; or the charge came too late, or its hold is gone, and the money is refunded. */
  | { outcome: CheckoutRefused };

/** The reasons for which a hold cannot be sold. `in_basket`: it is bought with the other lines of its basket only. */
export type CheckoutRefused = Exclude<ConfirmOutcome['outcome'], 'sold'> | 'in_basket';
