import type { Operation } from '../../../src/history/operation.ts';
import { type CorrectStock, isRememberedSoldOut, refuseFromMemory } from './correct-stock.ts';
import type { Random } from './random.ts';
import { boughtBy, type Hold, holdOf } from './shop.ts';

/** The counter at which units are reserved, checked out and given back. */
export function createReservations(stock: CorrectStock, random: Random) {
  const { refuse, change, isLapsed, sweepOwn } = stock;
  return { reserve, confirm, release, cancel };

  function reserve(request: Operation): Operation {
    if (random.chance(3)) return refuse(request, 'RATE_LIMITED');
    const { sku = '', buyer = '', quantity, id, invokedAtNs } = request;
    if (isRememberedSoldOut(stock, random, request)) {
      return refuseFromMemory(stock, request, 'OUT_OF_STOCK');
    }
    sweepOwn(sku, buyer);
    const units = { sku, buyer, quantity };
    // Some shops allow one hold or purchase at a time, others several up to the limit; both are correct.
    const refusal = stock.refusalOf(units, random.chance(50));
    if (refusal !== undefined) return refuse(request, refusal);
    const startMs = random.int(invokedAtNs / 1e6, stock.nowMs);
    return { ...request, hold: stock.hold(`hold-${id}`, id, units, startMs).id };
  }

  /** Refuses a call about a hold that has ended: with the code of its end, or with the one for any end. Both are correct. */
  function refuseEnded(request: Operation, code: string): Operation {
    return refuse(request, random.chance(30) ? 'RESERVATION_NOT_ACTIVE' : code);
  }

  function confirm(request: Operation): Operation | undefined {
    const { id } = request;
    const { holds } = stock.world;
    const again = holdOf(holds, `again-${id}`);
    if (again !== undefined) {
      const isOver = again.state !== 'live' || isLapsed(again);
      if (isOver) return refuseEnded(request, 'RESERVATION_EXPIRED');
      change(again, { state: 'sold', order: `order-${id}` }, 'sold', id);
      return { ...request, newHold: again.id, order: `order-${id}` };
    }
    const wanted = holdOf(holds, request.hold);
    if (wanted === undefined || wanted.buyer !== request.buyer) return refuse(request, 'NOT_FOUND');
    if (wanted.state === 'released') return refuse(request, 'RESERVATION_NOT_ACTIVE');
    if (wanted.order !== undefined) return refuseEnded(request, 'ORDER_EXISTS');
    if (wanted.state === 'swept' || isLapsed(wanted)) return payLate(request, wanted);
    change(wanted, { state: 'sold', order: `order-${id}` }, 'sold', id);
    return { ...request, order: `order-${id}` };
  }

  function payLate(request: Operation, late: Hold): Operation | undefined {
    const { sku, buyer, quantity } = late;
    sweepOwn(sku, buyer);
    const isFree = stock.refusalOf({ sku, buyer, quantity }, true) === undefined;
    if (!isFree || random.chance(40)) return refuseEnded(request, 'RESERVATION_EXPIRED');
    const again = stock.hold(`again-${request.id}`, request.id, { sku, buyer, quantity });
    change(again, { insteadOf: late.id });
    return undefined;
  }

  function release(request: Operation): Operation {
    const wanted = holdOf(stock.world.holds, request.hold);
    if (wanted === undefined || wanted.buyer !== request.buyer) return refuse(request, 'NOT_FOUND');
    if (wanted.state === 'swept' || isLapsed(wanted)) {
      return refuseEnded(request, 'RESERVATION_EXPIRED');
    }
    if (wanted.state !== 'live') return refuse(request, 'RESERVATION_NOT_ACTIVE');
    change(wanted, { state: 'released' }, 'released', request.id);
    return request;
  }

  function cancel(request: Operation): Operation {
    const bought = boughtBy(stock.world.holds, request.order);
    if (bought === undefined || bought.buyer !== request.buyer) return refuse(request, 'NOT_FOUND');
    if (bought.state !== 'sold') return refuse(request, 'ORDER_NOT_CANCELLABLE');
    change(bought, { state: 'returned' }, 'returned', request.id);
    return request;
  }
}
