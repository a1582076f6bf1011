import type { LedgerLine } from '../../protocol/ledger.ts';
import { idOf, STRANGER, type World } from '../world.ts';
import {
  type Answer,
  type AnsweredLine,
  type Request,
  refuse,
  type Wanted,
  type Work,
} from './answer.ts';
import type { OrderRow } from './rows.ts';
import type { Shop } from './shop.ts';
import type { SoldOutMemory } from './sold-out-memory.ts';
import type { Stock, StoredHold } from './stock.ts';

/** The server's baskets: units of several SKUs that are held, paid for, given back and cancelled together or not at all. */
export interface Baskets {
  hold(request: Request, wanted: Wanted[]): Work;
  confirm(request: Request, basketId: string): Work;
  release(request: Request, basketId: string): Answer;
  cancel(request: Request, basketId: string): Answer;
  /** The rows of the ledger. */
  lines(): LedgerLine[];
}

export function createBaskets(
  world: World,
  stock: Stock,
  shop: Pick<Shop, 'confirmBasket' | 'giveOrderBack' | 'refund'>,
  memory: SoldOutMemory,
): Baskets {
  const { random, clock, options } = world;

  function whyNotHeld({ buyer, instance }: Request, { sku, quantity }: Wanted): AnsweredLine {
    const before = stock.holdOf(sku, buyer);
    if (before && stock.hasLapsed(before)) stock.giveBack(before, 'EXPIRED', instance);
    else if (before) {
      const code = before.status === 'CONFIRMED' ? 'ALREADY_PURCHASED' : 'ALREADY_RESERVED';
      return { sku, code, sequence: stock.shelf(sku).sequence };
    }
    if (stock.shelf(sku).available >= quantity) return { sku };
    memory.remember(instance, sku);
    return { sku, code: 'OUT_OF_STOCK', sequence: stock.shelf(sku).sequence };
  }

  function decide(request: Request, wanted: Wanted[], sinceNs: number): Work {
    const basket = idOf('e', stock.baskets.size + 1);
    const take = ({ sku, quantity }: Wanted, place: number): StoredHold => {
      const isOfAnother = place > 0 && world.errs('line-of-another', 0.1);
      return stock.take({
        ...{ sku, quantity, basket, sinceNs, instance: request.instance },
        buyer: isOfAnother ? STRANGER : request.buyer,
        callId: `${request.callId}.${place + 1}`,
      });
    };
    const lines = wanted.map((line) => whyNotHeld(request, line));
    const refused = lines.find(({ code }) => code !== undefined);
    if (refused?.code === undefined) {
      const held = wanted.map(take);
      const told = held.map(({ sku, id, sequence }) => ({ sku, hold: id, sequence }));
      return { outcome: 'ok', status: 201, basket, lines: told };
    }
    const isHalf = lines.some(({ code }) => code === undefined) && world.errs('half-held', 0.3);
    if (isHalf) {
      for (const [place, { code }] of lines.entries()) {
        if (code === undefined) take(wanted[place] as Wanted, place);
      }
    }
    return { ...refuse(refused.code), lines };
  }

  function live({ buyer }: Request, basketId: string): StoredHold[] {
    const lines = stock.baskets.get(basketId) ?? [];
    return lines[0]?.buyer === buyer ? lines : [];
  }

  return {
    hold(request, wanted) {
      const memories = wanted.map(({ sku, ...line }): AnsweredLine => {
        const isRefused = memory.refuses(request, { sku, ...line });
        return isRefused ? { sku, code: 'OUT_OF_STOCK' } : { sku };
      });
      if (memories.some(({ code }) => code !== undefined)) {
        return { ...refuse('OUT_OF_STOCK'), lines: memories };
      }
      const sinceNs = clock.nowNs();
      const waitNs = world.upToMs(Math.min(options.lockWaitMs, options.holdTtlMs / 2));
      if (waitNs === 0) return decide(request, wanted, sinceNs);
      return {
        afterNs: waitNs,
        goOn() {
          if (random() > 0.02) return decide(request, wanted, sinceNs);
          const code = 'CONTENTION_LOST';
          return { ...refuse(code), lines: wanted.map(({ sku }) => ({ sku, code })) };
        },
      };
    },

    confirm: shop.confirmBasket,

    release(request, basketId) {
      const lines = live(request, basketId);
      if (lines.length === 0) return refuse('NOT_FOUND');
      if (lines.some((hold) => hold.status === 'EXPIRED' || stock.hasLapsed(hold))) {
        return refuse('RESERVATION_EXPIRED');
      }
      if (lines.some(({ status }) => status !== 'RESERVED')) {
        return refuse('RESERVATION_NOT_ACTIVE');
      }
      const isHalf = lines.length > 1 && world.errs('half-released', 0.3);
      const told = lines.map((hold, place) => {
        const isKept = isHalf && place > 0;
        const sequence = isKept ? undefined : stock.giveBack(hold, 'RELEASED', request.instance);
        return { sku: hold.sku, hold: hold.id, sequence };
      });
      return { outcome: 'ok', status: 200, basket: basketId, lines: told };
    },

    cancel(request, basketId) {
      const lines = live(request, basketId);
      const orders = ordersOf(lines, stock);
      if (orders.length === 0) return refuse('NOT_FOUND');
      const code = 'ORDER_NOT_CANCELLABLE';
      const judged = orders.map(
        ({ skuId: sku, status }): AnsweredLine =>
          status === 'PENDING' || status === 'CONFIRMED' ? { sku } : { sku, code },
      );
      if (judged.some((line) => line.code === code)) return { ...refuse(code), lines: judged };
      const isHalf = orders.length > 1 && world.errs('half-cancelled', 0.3);
      const isHalfPaid = orders.length > 1 && world.errs('half-refunded', 0.3);
      const told = orders.map((order, place) => {
        const { skuId: sku, reservationId: hold, orderId } = order;
        if (isHalf && place > 0) return { sku, hold, order: orderId };
        if (!isHalfPaid || place === 0) shop.refund(order);
        return { sku, hold, order: orderId, sequence: shop.giveOrderBack(order, request.instance) };
      });
      return { outcome: 'ok', status: 200, basket: basketId, lines: told };
    },

    lines() {
      const lines = [...stock.baskets.values()].flat();
      const orders = new Map(
        ordersOf(lines, stock).map(({ reservationId, orderId }) => [reservationId, orderId]),
      );
      return lines.map(({ id, sku, buyer, basket = '' }) => ({
        ...{ row: 'line', basketId: basket, skuId: sku, userId: buyer, reservationId: id },
        orderId: orders.get(id) ?? null,
      }));
    },
  };
}

/** The orders of some holds that have not failed. */
function ordersOf(holds: StoredHold[], { orders }: Stock): OrderRow[] {
  const ids = new Set(holds.map(({ id }) => id));
  return [...orders.values()].filter(
    ({ reservationId, status }) => ids.has(reservationId) && status !== 'FAILED',
  );
}
