import type { CheckoutRequest, Order } from '../../../src/protocol/orders.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import type { PaymentGateway } from '../payment-gateway.ts';
import { type CheckoutRefusal, CONFIRM_REFUSALS, refuseCheckout } from './order.ts';
import type { OrderStore } from './store.ts';

export type CheckoutOutcome = { outcome: 'sold'; order: Order } | CheckoutRefusal;

export type CheckOut = (
  /** `orderId` is for the order, where the caller has an id for it. */
  buyer: { userId: string; attemptId: string | undefined; orderId?: string },
  request: CheckoutRequest,
) => Promise<CheckoutOutcome>;

/**
 * Turns a reservation into an order: look, charge, confirm, and give the money back if the ledger says no after all
 * (the reservation lapsed while the payment was under way).
 *
 * The refund is the delicate part. A confirm that *throws* may have committed, so nothing is refunded on it: the buyer
 * who repeats the call is not charged again, and learns what happened. And of two checkouts of one reservation with
 * one transaction, the slower must not refund the payment that the faster one's order rests on.
 */
export function createCheckout(deps: {
  store: OrderStore;
  ledger: StockLedger;
  gateway: PaymentGateway;
  newId(): string;
}): CheckOut {
  const { store, ledger, gateway, newId } = deps;

  return async function checkOut({ userId, attemptId, orderId = newId() }, request) {
    const { reservationId, paymentMethod, transactionId } = request;

    const reservation = await store.findReservation(reservationId, userId);
    const refusal = refuseCheckout(reservation);
    if (reservation === undefined || refusal !== undefined) {
      return refusal ?? CONFIRM_REFUSALS.not_found;
    }

    const charge = await gateway.charge({
      transactionId,
      purpose: reservationId,
      amount: reservation.totalPrice,
      method: paymentMethod,
    });
    if (charge.outcome === 'declined') {
      return { outcome: 'payment_declined', code: 'PAYMENT_DECLINED', detail: charge.reason };
    }

    const { skuId } = reservation;
    const confirmed = await ledger.confirm({
      holdId: reservationId,
      userId,
      skuId,
      orderId,
      paymentMethod,
      transactionId,
      attemptId,
    });
    if (confirmed.outcome !== 'sold') {
      const paidAnOrder = (await store.findTransactionOf(reservationId)) === transactionId;
      if (!paidAnOrder) await gateway.refund(transactionId);
      return CONFIRM_REFUSALS[confirmed.outcome];
    }

    const { order, sequence } = confirmed;
    return {
      outcome: 'sold',
      order: {
        orderId: order.orderId,
        reservationId,
        userId,
        skuId,
        quantity: order.quantity,
        totalPrice: order.totalPrice,
        status: 'CONFIRMED',
        paymentMethod,
        transactionId,
        createdAt: order.createdAt.toISOString(),
        sequence,
      },
    };
  };
}
