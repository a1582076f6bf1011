import type { Order, PaymentMethod } from '../../../src/protocol/orders.ts';

/** Port to the feature that charges for a hold, makes it a paid order, and keeps orders. */
export interface Payments {
  /**
   * Charges the buyer and sells the units of the hold. The same call again (same user, transaction and reservation)
   * continues the same payment, so no buyer is charged twice.
   */
  pay(wanted: {
    orderId: string;
    reservationId: string;
    userId: string;
    method: PaymentMethod;
    transactionId: string;
    callId: string | undefined;
    way: 'tickets';
  }): Promise<PayOutcome>;

  /** The same for all lines of a basket, by one payment. `orderIds`: ids for the orders, one for each line. */
  payBasket(wanted: {
    basketId: string;
    orderIds: string[];
    userId: string;
    method: PaymentMethod;
    transactionId: string;
    callId: string | undefined;
    way: 'tickets';
  }): Promise<PayBasketOutcome>;
}

export type PayBasketOutcome =
  | { outcome: 'sold' | 'pending'; orders: Order[] }
  | Exclude<PayOutcome, { order: Order }>;

export type PayOutcome =
  | { outcome: 'sold'; order: Order }
  /** The provider has not decided, or its decision is not known: the order is settled later. */
  | { outcome: 'pending'; order: Order }
  | { outcome: 'declined'; reason: string }
  | { outcome: 'unavailable' | 'transaction_reused' | 'order_exists' }
  /** The charge came too late, or its hold is gone. The money is refunded. */
  | { outcome: 'expired' | 'not_active' | 'not_found' | 'sold_another_way' | 'in_basket' };

/** Reads an order of this user, with the number of the stock movement that sold its units. */
export type FindOrder = (orderId: string, userId: string) => Promise<Order | undefined>;

/**
 * Reads a basket of this user, with its orders that have not failed; with `movement`, they have the numbers of the stock
 * movements that sold their units.
 */
export type FindBasket = (
  basketId: string,
  userId: string,
  movement?: 'SOLD',
) => Promise<{ orders: Order[] } | undefined>;
