import type { CheckoutRequest, Order } from '../../../src/protocol/orders.ts';
import { type CheckoutRefusal, PAY_REFUSALS, refuseCheckout } from './order.ts';
import type { Payments } from './payments.ts';
import type { OrderStore } from './store.ts';

export type CheckoutOutcome = { outcome: 'sold' | 'pending'; order: Order } | CheckoutRefusal;

export type CheckOut = (
  /** `orderId`: the id for the order, if the caller has one for it. */
  buyer: { userId: string; callId: string | undefined; orderId?: string },
  request: CheckoutRequest,
) => Promise<CheckoutOutcome>;

/** Makes an order of a reservation: reads it, refuses it before any charge if it cannot be sold, and has it paid. */
export function createCheckout(deps: {
  store: OrderStore;
  payments: Payments;
  newId(): string;
}): CheckOut {
  const { store, payments, newId } = deps;

  return async function checkOut({ userId, callId, orderId = newId() }, request) {
    const { reservationId, paymentMethod: method, transactionId } = request;

    const reservation = await store.findReservation(reservationId, userId);
    const refusal = refuseCheckout(reservation);
    if (reservation === undefined || refusal !== undefined) {
      return refusal ?? PAY_REFUSALS.not_found;
    }

    const { skuId, quantity, totalPrice: amount } = reservation;
    const paid = await payments.pay({
      orderId,
      ...{ reservationId, userId, skuId, quantity, amount, method, transactionId, callId },
    });
    switch (paid.outcome) {
      case 'sold':
      case 'pending':
        return paid;
      case 'declined':
        return { outcome: 'payment_declined', code: 'PAYMENT_DECLINED', detail: paid.reason };
      default:
        return PAY_REFUSALS[paid.outcome];
    }
  };
}
