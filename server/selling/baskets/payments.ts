import type { Order, PaymentMethod } from '../../../src/protocol/orders.ts';

/** Port to the feature that charges once for all lines of a basket, and makes each a paid order. */
export interface Payments {
  payBasket(wanted: {
    basketId: string;
    userId: string;
    orderIds: string[];
    method: PaymentMethod;
    transactionId: string;
    callId: string | undefined;
  }): Promise<PayOutcome>;
}

export type PayOutcome =
  | { outcome: 'sold' | 'pending'; orders: Order[] }
  | { outcome: 'declined'; reason: string }
  | { outcome: PayRefused };

/** Nothing was charged, or the money goes back. */
export type PayRefused =
  | 'unavailable'
  | 'transaction_reused'
  | 'order_exists'
  | 'expired'
  | 'not_active'
  | 'not_found'
  | 'sold_another_way'
  | 'in_basket';
