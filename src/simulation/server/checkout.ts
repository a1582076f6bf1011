import type { LedgerPayment } from '../../protocol/ledger.ts';
import { idOf, NS_PER_MS, STRANGER, type World } from '../world.ts';
import { type Answer, type Request, refuse, type Work } from './answer.ts';
import type { Instances } from './instances.ts';
import type { OrderRow } from './rows.ts';
import type { Stock, StoredHold } from './stock.ts';

/** Has a hold, or all lines of a basket, paid for by one payment, and sells them. */
export interface Checkout {
  payments: Map<string, LedgerPayment>;
  confirm(request: Request, holdId: string): Work;
  confirmBasket(request: Request, basketId: string): Work;
}

/** The holds that one payment pays for, each with its order. */
type Purchase = { hold: StoredHold; order: OrderRow }[];
type Sale = { sequence?: number; hold: StoredHold; order: OrderRow };
type NoSale = 'RESERVATION_EXPIRED' | 'RESERVATION_NOT_ACTIVE';

export function createCheckout(world: World, stock: Stock, { inc }: Instances): Checkout {
  const { bug, random, timeline, options } = world;
  const payments = new Map<string, LedgerPayment>();
  /** The orders of each hold that have not failed: at most one. */
  const orderOf = new Map<string, OrderRow>();

  /** Places the orders and begins their payment, all undecided. */
  function begin(holds: StoredHold[], callId: string): Purchase {
    let transactionId: string | undefined;
    return holds.map((hold, place) => {
      const isLine = hold.basket !== undefined;
      const order = stock.place(hold, isLine ? `${callId}.${place + 1}` : callId);
      transactionId ??= `pay-${order.orderId}`;
      orderOf.set(hold.id, order);
      payments.set(order.orderId, {
        row: 'payment',
        transactionId,
        skuId: hold.sku,
        userId: world.errs('payment-of-another', 0.1) ? STRANGER : hold.buyer,
        orderId: order.orderId,
        amount: order.totalPrice,
        status: 'PENDING',
      });
      return { hold, order };
    });
  }

  function end(purchase: Purchase, status: LedgerPayment['status']): void {
    for (const { hold, order } of purchase) {
      if (order.status === 'PENDING') order.status = 'FAILED';
      (payments.get(order.orderId) as LedgerPayment).status = status;
      if (order.status === 'FAILED') orderOf.delete(hold.id);
    }
  }

  /** Forgets orders whose provider could not be asked. */
  function forget(purchase: Purchase): void {
    for (const { hold, order } of purchase) {
      stock.orders.delete(order.orderId);
      payments.delete(order.orderId);
      orderOf.delete(hold.id);
    }
  }

  /** Sells what was paid for, or units that are taken again if they have lapsed meanwhile: never those of a basket. */
  function deliver(purchase: Purchase, instance: number): Sale[] | NoSale {
    const [first] = purchase as [Purchase[number]];
    if (purchase.some(({ hold, order }) => order.status !== 'PENDING' || isReleased(hold))) {
      return 'RESERVATION_NOT_ACTIVE';
    }
    const isLate = purchase.some(({ hold }) => hold.status === 'EXPIRED' || stock.hasLapsed(hold));
    if (isLate && bug !== 'late-confirm') {
      const isLine = first.hold.basket !== undefined;
      return isLine ? 'RESERVATION_EXPIRED' : sellAgain(first, instance);
    }
    if (isLate) world.harm++;
    const isHalf = purchase.length > 1 && world.errs('half-sold', 0.3);
    return purchase.map(({ hold, order }) =>
      isHalf && hold !== first.hold
        ? { hold, order }
        : { hold, order, sequence: stock.sell(hold, order, instance) },
    );
  }

  function sellAgain({ hold, order }: Purchase[number], instance: number): Sale[] | NoSale {
    const { buyer, sku, quantity } = hold;
    if (hold.status === 'RESERVED') stock.giveBack(hold, 'EXPIRED', instance);
    if (stock.holdOf(sku, buyer) || stock.shelf(sku).available < quantity) {
      return 'RESERVATION_EXPIRED';
    }
    const wanted = { sku, buyer, quantity, callId: order.callId as string, instance };
    const again = stock.take({ ...wanted, id: order.orderId });
    orderOf.delete(hold.id);
    orderOf.set(again.id, order);
    return [{ sequence: stock.sell(again, order, instance), hold: again, order }];
  }

  function settle(purchase: Purchase, instance: number): Answer {
    const sold = deliver(purchase, instance);
    if (typeof sold === 'string') {
      const isKept = bug === 'kept-money' && sold === 'RESERVATION_EXPIRED';
      if (isKept) world.harm++;
      end(purchase, isKept ? 'CHARGED' : 'REFUNDED');
      return refuse(sold);
    }
    for (const { order } of sold) {
      (payments.get(order.orderId) as LedgerPayment).status = 'CHARGED';
    }
    const told = ({ orderId }: OrderRow): string =>
      world.errs('other-order-told', 0.2) ? idOf('d', 0xf00000 + payments.size) : orderId;
    return { outcome: 'ok', status: 201, ...describe(sold, told) };
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

  /** @param count told the outcome, in the words of the metrics */
  function pay(
    { buyer, callId, instance }: Request,
    holds: StoredHold[],
    count: (outcome: string) => void,
  ): Work {
    const isTheirs = holds[0]?.buyer === buyer;
    const mayPay = isTheirs || bug === 'stolen-checkout';
    const decided = (answer: Answer): Answer => {
      if (answer.outcome === 'ok' && !isTheirs) world.harm++;
      count(answer.outcome === 'ok' ? 'sold' : (OUTCOME_OF[answer.code ?? ''] as string));
      return answer;
    };
    const code = mayPay ? holds.map(whyNot).find((why) => why !== undefined) : 'NOT_FOUND';
    if (holds.length === 0 || code !== undefined) return decided(refuse(code ?? 'NOT_FOUND'));

    const purchase = begin(holds, callId);
    if (options.paymentMs === 0) return decided(settle(purchase, instance));
    return {
      afterNs: world.upToMs(options.paymentMs),
      goOn() {
        const luck = random();
        if (luck < 0.04) {
          end(purchase, 'DECLINED');
          return decided(refuse('PAYMENT_DECLINED'));
        }
        if (luck < 0.06 && purchase[0]?.order.status === 'PENDING') {
          forget(purchase);
          return decided(refuse('PAYMENT_UNAVAILABLE'));
        }
        if (luck > 0.1) return decided(settle(purchase, instance));
        // The provider has not decided yet. The server asks it later, whatever instance does so.
        count('pending');
        timeline.after(world.upToMs(options.paymentMs) + NS_PER_MS, () => {
          if (random() < 0.8) settle(purchase, instance);
          else end(purchase, 'DECLINED');
        });
        return { outcome: 'info', status: 202, ...describe(purchase) };
      },
    };
  }

  return {
    payments,

    confirm(request, holdId) {
      const hold = stock.holdsById.get(holdId);
      return pay(request, hold === undefined ? [] : [hold], (outcome) =>
        inc(request.instance, 'flashsale_orders_total', { outcome }),
      );
    },

    // Nothing counts the checkouts of baskets.
    confirmBasket: (request, basketId) => pay(request, stock.baskets.get(basketId) ?? [], () => {}),
  };
}

function describe(
  sales: Sale[],
  told = ({ orderId }: OrderRow): string => orderId,
): Partial<Answer> {
  const lines = sales.map(({ hold, order, sequence }) => ({
    ...{ sku: hold.sku, hold: hold.id, order: told(order), sequence },
  }));
  const basket = sales[0]?.hold.basket;
  return basket === undefined ? (lines[0] as Partial<Answer>) : { basket, lines };
}

const isReleased = ({ status }: StoredHold): boolean => status === 'CANCELLED';

/** The label of a refusal in the metrics. */
const OUTCOME_OF: Record<string, string> = {
  NOT_FOUND: 'not_found',
  ORDER_EXISTS: 'order_exists',
  RESERVATION_EXPIRED: 'expired',
  RESERVATION_NOT_ACTIVE: 'not_active',
  PAYMENT_DECLINED: 'payment_declined',
  PAYMENT_UNAVAILABLE: 'payment_unavailable',
};
