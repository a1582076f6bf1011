import { createHash } from 'node:crypto';
import type { Order } from '../../../src/protocol/orders.ts';
import type { Problem } from '../../../src/protocol/problem.ts';
import type { BasketPurchaseRequest, TicketType } from '../../../src/protocol/tickets.ts';
import { afterEffect } from '../../platform/after-effect.ts';
import { basketLines } from '../../stock/basket-lines.ts';
import type { BasketLedger } from '../../stock/ledger.ts';
import type { FindBasket, PayBasketOutcome, Payments } from './payments.ts';
import { HOLD_REFUSALS, PAY_REFUSALS } from './purchase-refusals.ts';
import type { Refusal } from './ticket.ts';

export type BasketPurchaseOutcome =
  | { outcome: 'sold' | 'pending'; basketId: string; orders: Order[]; showId: string }
  | (Refusal & { lines?: Problem['lines'] });

export type PurchaseBasket = (
  /** `basketId`: the id for the basket; `isRepeated`: a call before may have made it. */
  buyer: { userId: string; callId: string | undefined; basketId: string; isRepeated: boolean },
  request: BasketPurchaseRequest,
) => Promise<BasketPurchaseOutcome>;

const WAY = 'tickets';

const SEVERAL_SHOWS: Refusal = {
  outcome: 'several_events',
  code: 'SEVERAL_EVENTS',
  detail: 'The tickets of a basket are of one event, because they are cancelled with it.',
};

/**
 * Sells tickets of several types of one show together or not at all: holds the units of all lines, has them paid by one payment,
 * and gives all of them back if they are not paid.
 *
 * A server that dies half-way leaves a basket that lapses, or orders that the payments settle later. A call that repeats the
 * key goes on with a basket that is left. If that has ended and nothing was paid for it, as after a provider that was away, the
 * call begins anew.
 */
export function createPurchaseBasket(deps: {
  findType(ticketTypeId: string): Promise<TicketType | undefined>;
  findBasket: FindBasket;
  baskets: Pick<BasketLedger, 'holdBasket' | 'releaseBasket'>;
  payments: Payments;
  newId(): string;
}): PurchaseBasket {
  const { findType, findBasket, baskets, payments, newId } = deps;

  return async function purchase({ userId, callId, basketId, isRepeated }, request) {
    const types = await Promise.all(request.lines.map((line) => findType(line.ticketTypeId)));
    const unknown = request.lines.filter((_, place) => types[place] === undefined);
    if (unknown.length > 0) return because(unknown, HOLD_REFUSALS.unknown_sku);
    const showId = types[0]?.eventId;
    const elsewhere = request.lines.filter((_, place) => types[place]?.eventId !== showId);
    if (elsewhere.length > 0) return because(elsewhere, SEVERAL_SHOWS);
    const wanted = request.lines.map(({ ticketTypeId: skuId, quantity }) => ({ skuId, quantity }));

    return isRepeated ? goOn(basketId) : holdAndPay(basketId);

    /** A basket that has ended without a payment is made again, under an id that each repetition finds by the one before. */
    async function goOn(basketId: string): Promise<BasketPurchaseOutcome> {
      const made = await findBasket(basketId, userId, 'SOLD');
      if (made === undefined) return holdAndPay(basketId);
      if (made.orders.length > 0) {
        const isPending = made.orders.some(({ status }) => status === 'PENDING');
        // As the first answer would have shown them, also if they were used or cancelled since.
        const status = isPending ? ('PENDING' as const) : ('CONFIRMED' as const);
        const orders = made.orders.map((order) => ({ ...order, status }));
        return described({ outcome: isPending ? 'pending' : 'sold', orders }, basketId);
      }
      const paid = await afterEffect(() => pay(basketId));
      return paid.outcome === 'expired' || paid.outcome === 'not_active'
        ? goOn(nextBasketId(basketId))
        : described(paid, basketId);
    }

    async function holdAndPay(basketId: string): Promise<BasketPurchaseOutcome> {
      const lines = basketLines(basketId, wanted, callId);
      const decided = await baskets.holdBasket({ basketId, userId, lines, way: WAY });
      const refused = decided.flatMap((line, place) =>
        line.outcome === 'held' || line.outcome === 'not_alone'
          ? []
          : [{ ...line, skuId: wanted[place]?.skuId as string }],
      );
      const [first] = refused;
      if (first !== undefined) {
        return {
          ...HOLD_REFUSALS[first.outcome],
          lines: refused.map(({ outcome, skuId, ...line }) => ({
            ...{ skuId, code: HOLD_REFUSALS[outcome].code },
            ...('sequence' in line ? { sequence: line.sequence } : {}),
          })),
        };
      }
      return afterEffect(async () => described(await pay(basketId), basketId));
    }

    async function pay(basketId: string): Promise<PayBasketOutcome> {
      const { paymentMethod: method, transactionId } = request;
      const orderIds = wanted.map(newId);
      const by = { basketId, userId, orderIds, callId, method, transactionId, way: WAY } as const;
      const paid = await payments.payBasket(by);
      if (!('orders' in paid)) await giveBack(basketId, userId);
      return paid;
    }

    function described(paid: PayBasketOutcome, basketId: string): BasketPurchaseOutcome {
      if ('orders' in paid) return { ...paid, basketId, showId: showId as string };
      if (paid.outcome === 'declined') {
        return { outcome: 'payment_declined', code: 'PAYMENT_DECLINED', detail: paid.reason };
      }
      return PAY_REFUSALS[paid.outcome];
    }
  };

  /** Puts the units back on sale, unless another call pays for the basket. If that fails, it lapses by itself. */
  async function giveBack(basketId: string, userId: string): Promise<void> {
    try {
      const basket = await findBasket(basketId, userId);
      if (basket?.orders.length === 0) await baskets.releaseBasket({ basketId, userId });
    } catch {}
  }
}

/** The refusal of a whole basket because of some of its lines. */
const because = (lines: BasketPurchaseRequest['lines'], refusal: Refusal) => ({
  ...refusal,
  lines: lines.map(({ ticketTypeId: skuId }) => ({ skuId, code: refusal.code })),
});

/** The id of the basket that takes the place of one that has ended. */
const nextBasketId = (id: string): string =>
  id.slice(0, 24) + createHash('sha256').update(id).digest('hex').slice(0, 12);
