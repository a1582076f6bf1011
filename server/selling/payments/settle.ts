import type { Order } from '../../../src/protocol/orders.ts';
import type { ConfirmOutcome, StockLedger } from '../../stock/ledger.ts';
import type { Payments, PayOutcome } from '../orders/payments.ts';
import { describeOrder } from '../orders/stored-order.ts';
import type { PaymentGateway } from './gateway/payment-gateway.ts';
import { nextStep, type Payment } from './payment.ts';
import type { PaymentStore } from './store.ts';

/** A provider that took a charge down tells what became of it; one that does not is asked, first after so long. */
const LOOK_AFTER_MS = 2_000;

type Confirmed = { outcome: 'sold'; order: Order } | Exclude<ConfirmOutcome, { outcome: 'sold' }>;

export interface Settlement extends Payments {
  /** Does what is left to be done about a payment, as far as the provider can be reached. */
  settle(payment: Payment): Promise<void>;
}

/**
 * Moves payments on, from wherever they stand. Three may do so for one payment at the same time (the checkout that
 * began it, the provider's webhook, the reconciler) and any of them may die half-way; so every step can be repeated, and
 * the order's row decides: a PENDING order is confirmed, failed or cancelled by exactly one of them.
 */
export function createSettlement(deps: {
  store: PaymentStore;
  ledger: Pick<StockLedger, 'hold' | 'confirm' | 'release'>;
  gateway: PaymentGateway;
}): Settlement {
  const { store, ledger, gateway } = deps;

  return { pay, settle };

  async function pay(wanted: Parameters<Payments['pay']>[0]): Promise<PayOutcome> {
    const begun = await store.begin(wanted);
    if (begun.outcome !== 'begun') return begun;
    const { payment } = begun;
    const { order_id: orderId, status } = payment;

    const step = nextStep(payment.payment_status, status);
    if (step === 'give_back' || payment.payment_status === 'REFUNDED') {
      return { outcome: 'declined', reason: 'This transaction goes back; use a new one.' };
    }
    if (payment.payment_status === 'DECLINED') {
      return { outcome: 'declined', reason: 'This transaction was declined; use a new one.' };
    }
    if (step === 'nothing') return { outcome: 'order_exists' };

    const { transactionId, amount, method } = wanted;
    const charge = await gateway.charge({ paymentId: orderId, transactionId, amount, method });
    switch (charge.outcome) {
      case 'charged': {
        const delivered = await deliver(payment);
        // The order is told to the call that gave it its id, whoever confirmed it; others learn that it exists.
        return delivered.outcome === 'sold' && orderId !== wanted.orderId
          ? { outcome: 'order_exists' }
          : delivered;
      }
      case 'declined':
        await store.ended(orderId, 'DECLINED');
        return charge;
      case 'unavailable':
        await store.forget(orderId, payment.calls);
        return charge;
      case 'pending':
      case 'unknown':
        await store.lookAgain(orderId, LOOK_AFTER_MS);
        return { outcome: 'pending', order: describeOrder(payment) };
    }
  }

  async function settle(payment: Payment): Promise<void> {
    const { order_id: orderId } = payment;
    switch (nextStep(payment.payment_status, payment.status)) {
      case 'ask':
        return ask(payment);
      case 'deliver':
        await deliver(payment);
        return;
      case 'give_back': {
        const refund = await gateway.refund(orderId);
        if (refund.outcome === 'unavailable') return;
        // Money that was there once and is not any more went back.
        const wasCharged = refund.outcome === 'refunded' || payment.payment_status === 'CHARGED';
        return store.ended(orderId, wasCharged ? 'REFUNDED' : 'DECLINED');
      }
    }
  }

  async function ask(payment: Payment): Promise<void> {
    const { order_id: orderId } = payment;
    const { outcome } = await gateway.find(orderId);
    switch (outcome) {
      case 'charged':
        await store.charged(orderId);
        await deliver(payment);
        return;
      case 'declined':
        return store.ended(orderId, 'DECLINED');
      case 'refunded':
        return store.ended(orderId, 'REFUNDED');
      case 'not_found':
        // The charge may still be on its way. The refund that follows from the failed order makes it come too late.
        await store.abandon(orderId, 'PENDING');
    }
  }

  /**
   * Sells what was paid for. When the hold has lapsed meanwhile, units are taken again if there are any; else the order
   * fails and its money goes back.
   */
  async function deliver(payment: Payment): Promise<PayOutcome> {
    const { order_id: orderId } = payment;
    let confirmed = await confirm(payment, payment.reservation_id);
    if (confirmed.outcome === 'expired') confirmed = await takeAgain(payment);
    if (confirmed.outcome === 'sold') return confirmed;

    if (await store.abandon(orderId, 'CHARGED')) return confirmed;
    // Somebody else decided about the order first.
    const decided = await store.find(orderId);
    return decided?.status === 'CONFIRMED' || decided?.status === 'FULFILLED'
      ? { outcome: 'sold', order: describeOrder(decided) }
      : { outcome: 'not_active' };
  }

  /** The new hold bears the order's own id: however often and by however many this is tried, it is one hold. */
  async function takeAgain(payment: Payment): Promise<Confirmed> {
    const { order_id: holdId, user_id: userId, sku_id: skuId, quantity, call_id } = payment;
    const before = await confirm(payment, holdId);
    if (before.outcome !== 'not_found') return before;

    const request = { holdId, userId, skuId, quantity, callId: call_id ?? undefined };
    const held = await ledger.hold(request);
    if (held.outcome !== 'held') return { outcome: 'expired' };
    const confirmed = await confirm(payment, holdId);
    if (confirmed.outcome !== 'sold') await ledger.release(request);
    return confirmed;
  }

  async function confirm(payment: Payment, holdId: string): Promise<Confirmed> {
    const confirmed = await ledger.confirm({
      holdId,
      userId: payment.user_id,
      skuId: payment.sku_id,
      orderId: payment.order_id,
      paymentMethod: payment.payment_method,
      transactionId: payment.transaction_id,
      callId: payment.call_id ?? undefined,
    });
    if (confirmed.outcome !== 'sold') return confirmed;
    const order = describeOrder({ ...payment, reservation_id: holdId, status: 'CONFIRMED' });
    return { outcome: 'sold', order: { ...order, sequence: confirmed.sequence } };
  }
}
