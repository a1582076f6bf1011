import type { Order } from '../../../src/protocol/orders.ts';
import { afterEffect } from '../../platform/after-effect.ts';
import type { BasketLedger, ConfirmOutcome, StockLedger } from '../../stock/ledger.ts';
import type {
  PayBasketOutcome,
  Payments,
  PayOutcome,
  WantedBasket,
  WantedOrder,
} from '../orders/payments.ts';
import { describeOrder } from '../orders/stored-order.ts';
import type { PaymentGateway } from './gateway/payment-gateway.ts';
import { nextStep, type Payment } from './payment.ts';
import type { PaymentStore } from './store.ts';

/** A provider reports the result of a pending charge by webhook. Without a webhook it is asked, first after this time. */
const LOOK_UP_AFTER_MS = 2_000;

const REFUNDED = 'This transaction is refunded; use a new one.';

/** `sequences`: of the movements of a basket, by their holds; absent when another call has sold it. */
type Sequences = { sequences?: ReadonlyMap<string, number | undefined> };

type Confirmed =
  | ({ outcome: 'sold'; order: Order } & Sequences)
  | Exclude<ConfirmOutcome, { outcome: 'sold' }>;

export interface Settlement extends Payments {
  /** Takes the next step of a payment, if the provider can be reached. */
  settle(payment: Payment): Promise<void>;
}

/**
 * Settles payments, from any state that they are in. The checkout that began a payment, the provider's webhook and the
 * reconciler may all do this for one payment at the same time, and each may die half-way. So every step can be repeated,
 * and the row of the order decides: exactly one of them confirms, fails or cancels a PENDING order.
 */
export function createSettlement(deps: {
  store: PaymentStore;
  ledger: Pick<StockLedger, 'hold' | 'confirm' | 'release'>;
  baskets: Pick<BasketLedger, 'confirmBasket'>;
  gateway: PaymentGateway;
}): Settlement {
  const { store, ledger, baskets, gateway } = deps;

  return { pay, payBasket, settle };

  async function pay(wanted: WantedOrder): Promise<PayOutcome> {
    const begun = await store.begin(wanted);
    if (begun.outcome !== 'begun') return begun;
    return afterEffect(() => charge(begun.payment, wanted));
  }

  async function payBasket(wanted: WantedBasket): Promise<PayBasketOutcome> {
    const begun = await store.beginBasket(wanted);
    if (begun.outcome !== 'begun') return begun;
    const { payment } = begun;
    return afterEffect(async () => {
      const orderId = wanted.orderIds[0] as string;
      const paid = await charge(payment, { ...wanted, orderId });
      if (!('order' in paid)) return paid;
      const { outcome, sequences } = paid;
      const rows = await store.listOrders(payment.order_id);
      const orders = await Promise.all(
        rows.map(async (row): Promise<Order> => {
          // As the first answer would have shown it, also if it was fulfilled or cancelled since.
          if (outcome === 'pending') return describeOrder({ ...row, status: 'PENDING' });
          const order = describeOrder({ ...row, status: 'CONFIRMED' });
          const known = sequences?.get(row.reservation_id);
          return { ...order, sequence: known ?? (await store.findSale(row.order_id)) };
        }),
      );
      return { outcome, orders };
    });
  }

  /** Charges for an order that is placed, and delivers it. */
  async function charge(
    payment: Payment,
    wanted: Pick<WantedOrder, 'orderId' | 'transactionId' | 'method'>,
  ): Promise<PayOutcome & Sequences> {
    const { order_id: orderId, status } = payment;

    const step = nextStep(payment.payment_status, status);
    if (step === 'refund' || payment.payment_status === 'REFUNDED') {
      return { outcome: 'declined', reason: REFUNDED };
    }
    if (payment.payment_status === 'DECLINED') {
      return { outcome: 'declined', reason: 'This transaction was declined; use a new one.' };
    }
    if (step === 'nothing') return { outcome: 'order_exists' };

    const { transactionId, method } = wanted;
    const { amount } = payment;
    const charged = await gateway.charge({ paymentId: orderId, transactionId, amount, method });
    switch (charged.outcome) {
      case 'charged': {
        const delivered = await deliver(payment);
        // Several calls may pay with one transaction. The call whose id the order has gets the order, also if another
        // call confirmed it; the other calls get `order_exists`.
        return delivered.outcome === 'sold' && orderId !== wanted.orderId
          ? { outcome: 'order_exists' }
          : delivered;
      }
      case 'declined':
        await store.recordEnd(orderId, 'DECLINED');
        return charged;
      case 'unavailable':
        await store.remove(orderId);
        return charged;
      case 'pending':
      case 'unknown':
        await store.scheduleLookUp(orderId, LOOK_UP_AFTER_MS);
        return { outcome: 'pending', order: describeOrder(payment) };
    }
  }

  async function settle(payment: Payment): Promise<void> {
    const { order_id: orderId } = payment;
    switch (nextStep(payment.payment_status, payment.status)) {
      case 'look_up':
        return lookUp(payment);
      case 'deliver':
        await deliver(payment);
        return;
      case 'refund': {
        const refund = await gateway.refund(orderId);
        if (refund.outcome === 'unavailable') return;
        // A payment that was charged before and is not any more has been refunded.
        const wasCharged = refund.outcome === 'refunded' || payment.payment_status === 'CHARGED';
        return store.recordEnd(orderId, wasCharged ? 'REFUNDED' : 'DECLINED');
      }
    }
  }

  /** Asks the provider for the result of a charge. */
  async function lookUp(payment: Payment): Promise<void> {
    const { order_id: orderId } = payment;
    const { outcome } = await gateway.find(orderId);
    switch (outcome) {
      case 'charged':
        await store.recordCharge(orderId);
        await deliver(payment);
        return;
      case 'declined':
        return store.recordEnd(orderId, 'DECLINED');
      case 'refunded':
        return store.recordEnd(orderId, 'REFUNDED');
      case 'not_found':
        // The charge may still reach the provider. The failed order causes a refund, and a charge after it is declined.
        await store.failOrder(orderId, 'PENDING');
    }
  }

  /**
   * Sells the units that were paid for. If the hold has lapsed meanwhile, new units are held if there are any; otherwise
   * the order fails and the payment is refunded.
   */
  async function deliver(payment: Payment): Promise<PayOutcome & Sequences> {
    const { order_id: orderId } = payment;
    let confirmed = await confirm(payment, payment.reservation_id);
    // A basket that has lapsed is not held again: its money goes back.
    if (confirmed.outcome === 'expired' && payment.basket_id === null) {
      confirmed = await holdAgain(payment);
    }
    if (confirmed.outcome === 'sold') return confirmed;

    if (await store.failOrder(orderId, 'CHARGED')) return confirmed;
    // Another process has confirmed, failed or cancelled the order first.
    const decided = await store.find(orderId);
    switch (decided?.status) {
      case 'CONFIRMED':
      case 'FULFILLED': {
        const sequence = await store.findSale(orderId);
        return { outcome: 'sold', order: { ...describeOrder(decided), sequence } };
      }
      case 'FAILED':
        // The hold may still be live: the buyer can pay for it with another transaction.
        return { outcome: 'declined', reason: REFUNDED };
      default:
        return { outcome: 'not_active' };
    }
  }

  /** Holds new units for a payment. The hold has the id of the order, so repeated and concurrent tries make one hold. */
  async function holdAgain(payment: Payment): Promise<Confirmed> {
    const { order_id: holdId, user_id: userId, sku_id: skuId, quantity, way } = payment;
    const before = await confirm(payment, holdId);
    if (before.outcome !== 'not_found') return before;

    const callId = payment.call_id ?? undefined;
    const request = { holdId, userId, skuId, quantity, way, callId };
    const held = await ledger.hold(request);
    if (held.outcome !== 'held') return { outcome: 'expired' };
    const confirmed = await confirm(payment, holdId);
    if (confirmed.outcome !== 'sold') await ledger.release(request);
    return confirmed;
  }

  async function confirm(payment: Payment, holdId: string): Promise<Confirmed> {
    if (payment.basket_id !== null) return confirmBasket(payment);
    const confirmed = await ledger.confirm({
      holdId,
      userId: payment.user_id,
      skuId: payment.sku_id,
      orderId: payment.order_id,
      paymentMethod: payment.payment_method,
      transactionId: payment.transaction_id,
      way: payment.way,
      callId: payment.call_id ?? undefined,
    });
    if (confirmed.outcome !== 'sold') return confirmed;
    const order = describeOrder({ ...payment, reservation_id: holdId, status: 'CONFIRMED' });
    return { outcome: 'sold', order: { ...order, sequence: confirmed.sequence } };
  }

  async function confirmBasket(payment: Payment): Promise<Confirmed> {
    const { order_id: paymentId, user_id: userId, way } = payment;
    const confirmed = await baskets.confirmBasket({ paymentId, userId, way });
    if (confirmed.outcome !== 'sold') return confirmed;
    const order = describeOrder({ ...payment, status: 'CONFIRMED' });
    const sequences = new Map(confirmed.lines.map(({ holdId, sequence }) => [holdId, sequence]));
    return { outcome: 'sold', order, sequences };
  }
}
