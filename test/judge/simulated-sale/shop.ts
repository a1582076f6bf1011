import type { LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import type { LedgerOrder } from '../../../src/protocol/ledger.ts';
import type { Instances } from './instances.ts';
import type { Answer, Stock, StoredHold } from './stock.ts';
import { SKU, type World } from './world.ts';

/** The server's shop: units are reserved, then bought or given back, and an order can be cancelled. */
export interface Shop {
  payments: LedgerSnapshot['payments'];
  reserve(buyer: string, quantity: number, callId: string, instance: number): Answer;
  confirm(id: string, callId: string, instance: number): Answer;
  release(id: string, instance: number): Answer;
  cancelOrder(id: string, instance: number): Answer;
}

export function createShop(world: World, stock: Stock, { inc }: Instances): Shop {
  const { bug } = world;
  const payments: LedgerSnapshot['payments'] = [];

  function pay(hold: StoredHold, status: 'CHARGED' | 'REFUNDED', order?: string): void {
    payments.push({
      row: 'payment',
      transactionId: `pay-${payments.length + 1}`,
      skuId: SKU,
      userId: hold.buyer,
      orderId: order ?? null,
      amount: '1.00',
      status,
    });
  }

  return {
    payments,
    reserve: createReserve(world, stock, inc),

    confirm(id, callId, instance) {
      const hold = stock.holdsById.get(id) as StoredHold;
      const isLate = stock.hasLapsed(hold) || hold.status === 'EXPIRED';
      const isAllowed = hold.status === 'RESERVED' && !isLate;
      if (!isAllowed && !(isLate && bug === 'late-confirm')) {
        inc(instance, 'flashsale_orders_total refused');
        const isKept = bug === 'kept-money' && isLate;
        if (isKept) world.harm++;
        pay(hold, isKept ? 'CHARGED' : 'REFUNDED');
        return { outcome: 'fail', status: 409, code: 'RESERVATION_EXPIRED' };
      }
      if (isLate) world.harm++;
      const { order, sequence } = stock.sell(hold, callId, instance);
      inc(instance, 'flashsale_orders_total sold');
      pay(hold, 'CHARGED', order);
      return { outcome: 'ok', status: 201, sequence, order };
    },

    release(id, instance) {
      const hold = stock.holdsById.get(id) as StoredHold;
      if (hold.status !== 'RESERVED' || stock.hasLapsed(hold)) {
        return { outcome: 'fail', status: 409, code: 'RESERVATION_NOT_ACTIVE' };
      }
      return { outcome: 'ok', status: 200, sequence: stock.giveBack(hold, 'RELEASED', instance) };
    },

    cancelOrder(id, instance) {
      const order = stock.orders.find(({ orderId }) => orderId === id) as LedgerOrder;
      if (order.status !== 'CONFIRMED') {
        return { outcome: 'fail', status: 409, code: 'ORDER_NOT_CANCELLABLE' };
      }
      order.status = 'CANCELLED';
      for (const payment of payments) {
        if (payment.orderId === id) payment.status = 'REFUNDED';
      }
      const hold = stock.holdsById.get(order.reservationId) as StoredHold;
      return { outcome: 'ok', status: 200, sequence: stock.giveBack(hold, 'RETURNED', instance) };
    },
  };
}

function createReserve(world: World, stock: Stock, inc: Instances['inc']): Shop['reserve'] {
  const { bug, random } = world;
  let wasSoldOut = false;
  return (buyer, quantity, callId, instance) => {
    const sequence = stock.movements.length;
    const refuse = (code: string, outcome: string): Answer => {
      inc(instance, `flashsale_reservations_total ${outcome}`);
      return { outcome: 'fail', status: code === 'OUT_OF_STOCK' ? 400 : 409, code, sequence };
    };
    const before = stock.holdOfBuyer.get(buyer);
    if (before && stock.hasLapsed(before)) stock.giveBack(before, 'EXPIRED', instance);
    else if (before && !(bug === 'duplicate-buyer' && stock.available >= quantity)) {
      return before.status === 'CONFIRMED'
        ? refuse('ALREADY_PURCHASED', 'already_purchased')
        : refuse('ALREADY_RESERVED', 'already_reserved');
    } else if (before) world.harm++;

    if (bug === 'false-sold-out' && wasSoldOut && stock.available >= quantity) {
      world.harm++;
      return refuse('OUT_OF_STOCK', 'out_of_stock');
    }
    if (stock.available < quantity) {
      wasSoldOut = true;
      if (bug !== 'lost-update' || random() < 0.7) return refuse('OUT_OF_STOCK', 'out_of_stock');
      world.harm++;
    }
    const { hold, number } = stock.take(buyer, quantity, callId, instance);
    stock.scheduleSweep(hold);
    if (bug === 'refused-but-done' && random() < 0.2) {
      world.harm++;
      return refuse('CONTENTION_LOST', 'contention_lost');
    }
    inc(instance, 'flashsale_reservations_total held');
    const isRepeated = bug === 'repeated-number' && random() < 0.3 && number > 1;
    if (isRepeated) world.harm++;
    return {
      outcome: 'ok',
      status: 201,
      hold: hold.id,
      sequence: isRepeated ? number - 1 : number,
    };
  };
}
