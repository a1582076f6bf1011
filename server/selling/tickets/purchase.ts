import type { Order } from '../../../src/protocol/orders.ts';
import type { PurchaseRequest, TicketType } from '../../../src/protocol/tickets.ts';
import { afterEffect } from '../../platform/after-effect.ts';
import type { HoldOutcome, StockLedger } from '../../stock/ledger.ts';
import type { Payments } from './payments.ts';
import { HOLD_REFUSALS, PAY_REFUSALS } from './purchase-refusals.ts';
import type { TicketStore } from './store.ts';
import type { Refusal } from './ticket.ts';

export type PurchaseOutcome =
  | { outcome: 'sold' | 'pending'; order: Order; showId: string }
  | Refusal;

const WAY = 'tickets';

export type PurchaseTickets = (
  /** `orderId`: the id for the order, if the caller has one for it. */
  buyer: { userId: string; callId: string | undefined; orderId?: string },
  request: PurchaseRequest,
) => Promise<PurchaseOutcome>;

/**
 * Sells tickets: holds the units, has them paid, and gives them back if they are not paid. A trigger on `orders` issues the
 * tickets in the transaction of the sale (see the migration of tickets), and the rest follows from its event.
 *
 * A server that dies half-way leaves a hold that lapses, or an order that the payments settle later. A hold that is left is
 * taken up by the next call of the same buyer for as many tickets. Several calls may come to pay for one hold; one order is
 * made of it.
 */
export function createPurchase(deps: {
  store: TicketStore;
  findType(ticketTypeId: string): Promise<TicketType | undefined>;
  ledger: Pick<StockLedger, 'hold' | 'release'>;
  payments: Payments;
  newId(): string;
}): PurchaseTickets {
  const { store, findType, ledger, payments, newId } = deps;

  return async function purchase({ userId, callId, orderId = newId() }, request) {
    const { ticketTypeId: skuId, quantity } = request;
    const type = await findType(skuId);
    if (type === undefined) return HOLD_REFUSALS.unknown_sku;

    const held = await ledger.hold({ holdId: newId(), userId, skuId, quantity, callId, way: WAY });
    if (held.outcome !== 'held' && held.outcome !== 'already_reserved') return refuseHold(held);
    return afterEffect(() => pay(type, { userId, callId, orderId }, request));
  };

  async function pay(
    type: TicketType,
    { userId, callId, orderId }: { userId: string; callId: string | undefined; orderId: string },
    { ticketTypeId: skuId, quantity, paymentMethod: method, transactionId }: PurchaseRequest,
  ): Promise<PurchaseOutcome> {
    const hold = await store.findHold(skuId, userId);
    if (hold === undefined) return HOLD_REFUSALS.contention_lost;
    if (hold.quantity !== quantity || hold.inBasket) return HOLD_REFUSALS.already_reserved;

    const { reservationId } = hold;
    const by = { orderId, reservationId, userId, callId };
    const paid = await payments.pay({ ...by, method, transactionId, way: WAY });
    switch (paid.outcome) {
      case 'sold':
      case 'pending':
        return { ...paid, showId: type.eventId };
      case 'order_exists': {
        const existingOrderId = await store.findOrderOf(reservationId);
        return { ...PAY_REFUSALS.order_exists, existingOrderId };
      }
      case 'declined':
        await giveBack(reservationId, userId, skuId);
        return { outcome: 'payment_declined', code: 'PAYMENT_DECLINED', detail: paid.reason };
      default:
        await giveBack(reservationId, userId, skuId);
        return PAY_REFUSALS[paid.outcome];
    }
  }

  /**
   * Puts the units back on sale, unless another call has begun to pay for the same hold. If that fails, the hold lapses by
   * itself, so the buyer is told all the same how the payment ended.
   */
  async function giveBack(holdId: string, userId: string, skuId: string): Promise<void> {
    try {
      if ((await store.findOrderOf(holdId)) === undefined) {
        await ledger.release({ holdId, userId, skuId });
      }
    } catch {}
  }
}

function refuseHold(held: Exclude<HoldOutcome, { outcome: 'held' }>): Refusal {
  const refusal = HOLD_REFUSALS[held.outcome];
  return 'sequence' in held ? { ...refusal, sequence: held.sequence } : refusal;
}
