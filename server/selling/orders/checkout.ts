import type { CheckoutRequest, Order } from '../../../src/protocol/orders.ts';
import { type CheckoutRefusal, PAY_REFUSALS } from './order.ts';
import type { Payments } from './payments.ts';

export type CheckoutOutcome = { outcome: 'sold' | 'pending'; order: Order } | CheckoutRefusal;

export type CheckOut = (
  /** `orderId`: the id for the order, if the caller has one for it. */
  buyer: { userId: string; callId: string | undefined; orderId?: string },
  request: CheckoutRequest,
) => Promise<CheckoutOutcome>;

/** Makes an order of a reservation and has it paid. */
export function createCheckout(deps: { payments: Payments; newId(): string }): CheckOut {
  const { payments, newId } = deps;

  return async function checkOut({ userId, callId, orderId = newId() }, request) {
    const { reservationId, paymentMethod: method, transactionId } = request;
    const wanted = { orderId, reservationId, userId, method, transactionId, callId };
    const paid = await payments.pay(wanted);
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
