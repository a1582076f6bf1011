import type { World } from '../world.ts';
import { type Answer, type Request, refuse } from './answer.ts';
import { type Checkout, createCheckout } from './checkout.ts';
import type { EventLog } from './events.ts';
import type { Instances } from './instances.ts';
import type { Reserve } from './reserve.ts';
import type { OrderRow } from './rows.ts';
import type { Stock } from './stock.ts';

/** The server's shop: units are reserved, then bought or given back, and an order can be cancelled. */
export interface Shop extends Checkout {
  reserve: Reserve;
  release(request: Request, holdId: string): Answer;
  cancelOrder(request: Request, orderId: string): Answer;
  /** Cancels an order and puts its units back on sale. Returns the number of the movement, if there was one. */
  giveOrderBack(order: OrderRow, instance: number): number | undefined;
  /** Gives the money of an order back. */
  refund(order: OrderRow): void;
  /** Sends the goods of an order, which its buyer cannot cancel any more. The shop does so by itself. */
  fulfil(orderId: string): void;
}

export function createShop(
  world: World,
  stock: Stock,
  instances: Instances,
  events: EventLog,
  reserve: Reserve,
): Shop {
  const { bug } = world;
  const checkout = createCheckout(world, stock, instances);

  function giveOrderBack(order: OrderRow, instance: number): number | undefined {
    const { status, skuId: sku, userId: buyer, reservationId } = order;
    const hold = stock.holdsById.get(reservationId);
    order.status = 'CANCELLED';
    if (hold && status !== 'PENDING') return stock.giveBack(hold, 'RETURNED', instance);
    const isLive = hold?.status === 'RESERVED' && !stock.hasLapsed(hold);
    const sequence = isLive ? stock.giveBack(hold, 'RELEASED', instance) : undefined;
    events.publish('orders', 'ORDER_CANCELLED', { sku, buyer, sequence: sequence ?? null });
    return sequence;
  }

  function refund({ orderId }: OrderRow): void {
    const payment = checkout.payments.get(orderId);
    // A payment that is under way is given back when it has come to its end.
    if (payment?.status === 'CHARGED') payment.status = 'REFUNDED';
  }

  return {
    ...checkout,
    ...{ reserve, giveOrderBack, refund },

    release({ buyer, instance }, holdId) {
      const hold = stock.holdsById.get(holdId);
      const isTheirs = hold?.buyer === buyer;
      if (!hold || !(isTheirs || bug === 'stolen-release')) return refuse('NOT_FOUND');
      if (hold.status === 'EXPIRED' || stock.hasLapsed(hold)) return refuse('RESERVATION_EXPIRED');
      if (hold.status !== 'RESERVED') return refuse('RESERVATION_NOT_ACTIVE');
      if (!isTheirs) world.harm++;
      const sequence = stock.giveBack(hold, 'RELEASED', instance);
      return { outcome: 'ok', status: 200, sku: hold.sku, hold: holdId, sequence };
    },

    cancelOrder({ buyer, instance }, orderId) {
      const order = stock.orders.get(orderId);
      const isTheirs = order?.userId === buyer;
      if (!order || !(isTheirs || bug === 'stolen-cancel')) return refuse('NOT_FOUND');
      const { status, skuId: sku, reservationId } = order;
      const isAgain = status === 'CANCELLED' && world.errs('double-cancel');
      if (status !== 'PENDING' && status !== 'CONFIRMED' && !isAgain) {
        return refuse('ORDER_NOT_CANCELLABLE');
      }
      if (!isTheirs) world.harm++;
      refund(order);
      const sequence = giveOrderBack(order, instance);
      return { outcome: 'ok', status: 200, sku, hold: reservationId, order: orderId, sequence };
    },

    fulfil(orderId) {
      const order = stock.orders.get(orderId);
      if (order?.status !== 'CONFIRMED') return;
      order.status = 'FULFILLED';
      const { skuId: sku, userId: buyer } = order;
      events.publish('orders', 'ORDER_FULFILLED', { sku, buyer, sequence: null });
    },
  };
}
