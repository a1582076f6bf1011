import type { Operation } from '../../../src/history/operation.ts';
import { type CorrectStock, isRememberedSoldOut, refuseFromMemory } from './correct-stock.ts';
import type { Random } from './random.ts';
import type { Habits } from './requests.ts';
import { type Hold, hasBought, holdOf, holdOfVoucher } from './shop.ts';

/** The counter at which units are taken and sold at once, and vouchers are used. */
export function createCampaign(
  stock: CorrectStock,
  random: Random,
  { tellsHold, tellsOrder }: Habits,
) {
  const { refuse, change } = stock;
  /** The holds of calls that are half-way. */
  const chosen = new Map<number, string>();
  return { takeAndSell, redeem };

  function takeAndSell(request: Operation): Operation | undefined {
    const { id } = request;
    const begun = chosen.get(id);
    if (begun !== undefined) return buy(request, begun);
    if (random.chance(3)) return refuse(request, 'RATE_LIMITED');
    if (isRememberedSoldOut(stock, random, request)) {
      return refuseFromMemory(stock, request, codeOf(request, 'OUT_OF_STOCK'));
    }
    const hold = holdFor(request);
    if ('code' in hold) return refuse(request, hold.code);
    chosen.set(id, hold.id);
    return random.chance(50) ? buy(request, hold.id) : undefined;
  }

  /** A hold that an earlier call of the same buyer has left, for a registration or tickets, or a new one. */
  function holdFor(request: Operation): Hold | { code: string } {
    const { id, kind, sku = '', buyer = '', quantity, invokedAtNs } = request;
    stock.sweepOwn(sku, buyer);
    const { holds } = stock.world;
    const left = holds.find(
      (hold) => hold.sku === sku && hold.buyer === buyer && hold.state === 'live',
    );
    const takesUp = kind === 'register' || stock.shop.ticketSkus.has(sku);
    if (takesUp && left !== undefined && !hasBought(holds, sku, buyer)) {
      const isTheSame = left.quantity === quantity && left.basket === undefined;
      return isTheSame ? left : { code: 'ALREADY_RESERVED' };
    }
    const units = { sku, buyer, quantity };
    const refusal = stock.refusalOf(units, random.chance(70));
    if (refusal !== undefined) return { code: codeOf(request, refusal) };
    return stock.hold(`hold-${id}`, id, units, random.int(invokedAtNs / 1e6, stock.nowMs));
  }

  function buy(request: Operation, holdId: string): Operation {
    const { id } = request;
    const hold = holdOf(stock.world.holds, holdId) as Hold;
    if (hold.state === 'sold' && request.kind === 'register') {
      return refuse(request, 'ALREADY_REGISTERED');
    }
    const isLate = hold.state === 'swept' || stock.isLapsed(hold);
    if (isLate && stock.shop.ticketSkus.has(hold.sku) && random.chance(70)) {
      return payLate(request, hold);
    }
    if (hold.state !== 'live' || stock.isLapsed(hold) || random.chance(4)) {
      return refuse(request, 'CONTENTION_LOST');
    }
    if (request.kind === 'buy') {
      change(hold, { state: 'sold', order: `order-${id}` }, 'sold', id);
      return {
        ...request,
        ...(tellsHold && { hold: hold.id }),
        ...(tellsOrder && { order: `order-${id}` }),
      };
    }
    const made = { order: `order-${id}`, voucher: `voucher-${id}` };
    change(hold, { state: 'sold', order: made.order, voucher: { code: made.voucher } }, 'sold', id);
    return { ...request, hold: hold.id, ...made };
  }

  /** Tickets whose units have lapsed before they are paid are of others, if there are any. */
  function payLate(request: Operation, { id: insteadOf, ...late }: Hold): Operation {
    const { id } = request;
    const { sku, buyer, quantity } = late;
    stock.sweepOwn(sku, buyer);
    const units = { sku, buyer, quantity };
    if (stock.refusalOf(units, true) !== undefined) return refuse(request, 'CONTENTION_LOST');
    const order = `order-${id}`;
    change(stock.hold(`again-${id}`, id, units), { insteadOf });
    const again = holdOf(stock.world.holds, `again-${id}`) as Hold;
    change(again, { state: 'sold', order }, 'sold', id);
    return { ...request, hold: again.id, order };
  }

  function redeem(request: Operation): Operation {
    const hold = holdOfVoucher(stock.world.holds, request.voucher);
    const { voucher } = hold ?? {};
    if (hold === undefined || voucher === undefined || hold.buyer !== request.buyer) {
      return refuse(request, 'NOT_FOUND');
    }
    if (voucher.usedBy !== undefined) return refuse(request, 'VOUCHER_USED');
    if (voucher.isOver || random.chance(4)) {
      change(hold, { voucher: { ...voucher, isOver: true } });
      return refuse(request, 'VOUCHER_EXPIRED');
    }
    change(hold, { voucher: { ...voucher, usedBy: request.id } }, 'used', request.id);
    return request;
  }
}

const codeOf = ({ kind }: Operation, code: string): string =>
  kind === 'register' ? (CODES[code] ?? code) : code;

/** The names that refusals have in a campaign. */
const CODES: Record<string, string> = {
  OUT_OF_STOCK: 'CAMPAIGN_FULL',
  ALREADY_PURCHASED: 'ALREADY_REGISTERED',
};
