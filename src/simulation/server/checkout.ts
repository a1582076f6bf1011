import type { LedgerPayment } from '../../protocol/ledger.ts';
import { idOf, NS_PER_MS, STRANGER, type World } from '../world.ts';
import { type Answer, type Request, refuse, type Work } from './answer.ts';
import type { Instances } from './instances.ts';
import type { OrderRow } from './rows.ts';
import type { Stock, StoredHold } from './stock.ts';

/** Has a hold paid for and sells it. */
export interface Checkout {
  payments: Map<string, LedgerPayment>;
  confirm(request: Request, holdId: string): Work;
}

type Sale = { sequence: number; hold: StoredHold };
type NoSale = 'RESERVATION_EXPIRED' | 'RESERVATION_NOT_ACTIVE';

export function createCheckout(world: World, stock: Stock, { inc }: Instances): Checkout {
  const { bug, random, timeline, options } = world;
  const payments = new Map<string, LedgerPayment>();
  /** The orders of each hold that have not failed: at most one. */
  const orderOf = new Map<string, OrderRow>();

  /** Places the order and begins its payment, both undecided. */
  function begin(hold: StoredHold, callId: string): OrderRow {
    const order = stock.place(hold, callId);
    orderOf.set(hold.id, order);
    payments.set(order.orderId, {
      row: 'payment',
      transactionId: `pay-${order.orderId}`,
      skuId: hold.sku,
      userId: world.errs('payment-of-another', 0.1) ? STRANGER : hold.buyer,
      orderId: order.orderId,
      amount: order.totalPrice,
      status: 'PENDING',
    });
    return order;
  }

  function end(order: OrderRow, hold: StoredHold, status: LedgerPayment['status']): void {
    if (order.status === 'PENDING') order.status = 'FAILED';
    (payments.get(order.orderId) as LedgerPayment).status = status;
    if (order.status === 'FAILED') orderOf.delete(hold.id);
  }

  /** Forgets an order whose provider could not be asked. */
  function forget({ orderId }: OrderRow, hold: StoredHold): void {
    stock.orders.delete(orderId);
    payments.delete(orderId);
    orderOf.delete(hold.id);
  }

  /** Sells the hold of an order that was paid, or units that are taken again if it has lapsed meanwhile. */
  function deliver(order: OrderRow, hold: StoredHold, instance: number): Sale | NoSale {
    const { buyer, sku, quantity } = hold;
    if (order.status !== 'PENDING' || hold.status === 'CANCELLED') return 'RESERVATION_NOT_ACTIVE';
    const isLate = hold.status === 'EXPIRED' || stock.hasLapsed(hold);
    if (!isLate) return { sequence: stock.sell(hold, order, instance), hold };
    if (bug === 'late-confirm') {
      world.harm++;
      return { sequence: stock.sell(hold, order, instance), hold };
    }
    if (hold.status === 'RESERVED') stock.giveBack(hold, 'EXPIRED', instance);
    if (stock.holdOf(sku, buyer) || stock.shelf(sku).available < quantity) {
      return 'RESERVATION_EXPIRED';
    }
    const wanted = { sku, buyer, quantity, callId: order.callId as string, instance };
    const again = stock.take({ ...wanted, id: order.orderId });
    orderOf.delete(hold.id);
    orderOf.set(again.id, order);
    return { sequence: stock.sell(again, order, instance), hold: again };
  }

  function settle(order: OrderRow, hold: StoredHold, instance: number): Answer {
    const sold = deliver(order, hold, instance);
    if (typeof sold === 'string') {
      const isKept = bug === 'kept-money' && sold === 'RESERVATION_EXPIRED';
      if (isKept) world.harm++;
      end(order, hold, isKept ? 'CHARGED' : 'REFUNDED');
      return refuse(sold);
    }
    (payments.get(order.orderId) as LedgerPayment).status = 'CHARGED';
    const { sequence, hold: bought } = sold;
    const { sku, id } = bought;
    const told = world.errs('other-order-told', 0.2)
      ? idOf('d', 0xf00000 + payments.size)
      : order.orderId;
    return { outcome: 'ok', status: 201, sku, hold: id, order: told, sequence };
  }

  function whyNot(hold: StoredHold | undefined): string | undefined {
    if (hold === undefined) return 'NOT_FOUND';
    const order = orderOf.get(hold.id);
    if (order !== undefined && order.status !== 'PENDING') return 'ORDER_EXISTS';
    if (hold.status === 'EXPIRED' || stock.hasLapsed(hold)) {
      return bug === 'late-confirm' || bug === 'kept-money' ? undefined : 'RESERVATION_EXPIRED';
    }
    if (hold.status !== 'RESERVED') return 'RESERVATION_NOT_ACTIVE';
    return order && 'ORDER_EXISTS';
  }

  return {
    payments,

    confirm({ buyer, callId, instance }, holdId) {
      const stored = stock.holdsById.get(holdId);
      const isTheirs = stored?.buyer === buyer;
      const hold = isTheirs || bug === 'stolen-checkout' ? stored : undefined;
      const count = (outcome: string) => inc(instance, 'flashsale_orders_total', { outcome });
      const decided = (answer: Answer): Answer => {
        if (answer.outcome === 'ok' && !isTheirs) world.harm++;
        count(answer.outcome === 'ok' ? 'sold' : (OUTCOME_OF[answer.code ?? ''] as string));
        return answer;
      };
      const code = whyNot(hold);
      if (hold === undefined || code !== undefined) return decided(refuse(code ?? 'NOT_FOUND'));

      const order = begin(hold, callId);
      if (options.paymentMs === 0) return decided(settle(order, hold, instance));
      return {
        afterNs: world.upToMs(options.paymentMs),
        goOn() {
          const luck = random();
          if (luck < 0.04) {
            end(order, hold, 'DECLINED');
            return decided(refuse('PAYMENT_DECLINED'));
          }
          if (luck < 0.06 && order.status === 'PENDING') {
            forget(order, hold);
            return decided(refuse('PAYMENT_UNAVAILABLE'));
          }
          if (luck > 0.1) return decided(settle(order, hold, instance));
          // The provider has not decided yet. The server asks it later, whatever instance does so.
          count('pending');
          timeline.after(world.upToMs(options.paymentMs) + NS_PER_MS, () => {
            if (random() < 0.8) settle(order, hold, instance);
            else end(order, hold, 'DECLINED');
          });
          const { orderId, skuId } = order;
          return { outcome: 'info', status: 202, sku: skuId, hold: holdId, order: orderId };
        },
      };
    },
  };
}

/** The label of a refusal in the metrics. */
const OUTCOME_OF: Record<string, string> = {
  NOT_FOUND: 'not_found',
  ORDER_EXISTS: 'order_exists',
  RESERVATION_EXPIRED: 'expired',
  RESERVATION_NOT_ACTIVE: 'not_active',
  PAYMENT_DECLINED: 'payment_declined',
  PAYMENT_UNAVAILABLE: 'payment_unavailable',
};
