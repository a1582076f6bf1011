import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { idOf, STRANGER, type World } from '../world.ts';
import { type Answer, type Request, refuse, type Wanted, type Work, whenDone } from './answer.ts';
import type { Baskets } from './baskets.ts';
import type { EventLog } from './events.ts';
import type { Instances } from './instances.ts';
import type { OrderRow } from './rows.ts';
import type { Shop } from './shop.ts';
import type { Stock, StoredHold } from './stock.ts';

type Ticket = LedgerSnapshot['tickets'][number];

/** The server's tickets: a purchase takes and sells units in one call, and each unit is a ticket that is let in once. */
export interface Tickets {
  /** By their codes. */
  tickets: Map<string, Ticket>;
  buy(request: Request, wanted: Wanted): Work;
  buyBasket(request: Request, wanted: Wanted[]): Work;
  checkIn(request: Request, code: string): Answer;
}

/** The organizer, who lets tickets in. */
export const ORGANIZER = idOf('b', 0xeeeeee);

/** Instances that count decisions over holds and checkouts as those over purchases, which they are a part of. */
export const countingPurchases = (instances: Instances): Instances => ({
  ...instances,
  inc(instance, name, labels) {
    if (labels.outcome === 'held') return;
    const isPart = name === 'flashsale_reservations_total' || name === 'flashsale_orders_total';
    instances.inc(instance, isPart ? 'flashsale_ticket_purchases_total' : name, labels);
  },
});

export function createTickets(
  world: World,
  stock: Stock,
  shop: Shop,
  baskets: Baskets,
  events: EventLog,
  { inc }: Instances,
): Tickets {
  const tickets = new Map<string, Ticket>();
  const codesOf = new Map<string, string[]>();
  const { sell, giveBack: putBack } = stock;
  stock.sell = (hold, order, instance) => {
    const sequence = sell(hold, order, instance);
    issue(order);
    tell('ticket.purchased', order.skuId, order.userId);
    return sequence;
  };
  stock.giveBack = (hold, kind, instance) => {
    const sequence = putBack(hold, kind, instance);
    if (kind === 'RETURNED') tell('ticket.cancelled', hold.sku, hold.buyer);
    return sequence;
  };

  function tell(type: string, sku: string, buyer: string): void {
    events.publish('tickets', type, { sku, buyer, sequence: null });
  }

  function issue({ orderId, skuId, userId, quantity }: OrderRow): void {
    const isShort = quantity > 1 && world.errs('missing-ticket', 0.2);
    const codes: string[] = [];
    for (let number = isShort ? 2 : 1; number <= (quantity ?? 1); number++) {
      const code = `TICKET-${tickets.size + 1}`;
      codes.push(code);
      tickets.set(code, {
        row: 'ticket',
        ticketId: idOf('f', tickets.size + 1),
        skuId,
        userId: world.errs('ticket-of-another', 0.1) ? STRANGER : userId,
        ...{ orderId, issuedAt: world.clock.iso(world.clock.nowNs()) },
        ...{ checkedInAt: null, checkedInBy: null, gate: null, checkedInByCallId: null },
      });
    }
    codesOf.set(orderId ?? '', codes);
  }

  /** Gives back what a purchase held, unless another one has begun to pay for it. */
  function giveBack(holds: StoredHold[], instance: number): void {
    if (holds.some((hold) => hold.status !== 'RESERVED' || stock.hasLapsed(hold))) return;
    const ids = new Set(holds.map(({ id }) => id));
    for (const { reservationId, status } of stock.orders.values()) {
      if (ids.has(reservationId) && status !== 'FAILED') return;
    }
    for (const [place, hold] of holds.entries()) {
      if (place > 0 && world.errs('leaked-line')) hold.status = 'CANCELLED';
      else stock.giveBack(hold, 'RELEASED', instance);
    }
  }

  /** Goes on with what the payment of some holds has come to. */
  const whenPaid = (paid: Work, holds: StoredHold[], instance: number): Work =>
    whenDone(paid, (answer) => {
      const { outcome, code = '', lines = [answer] } = answer;
      if (code === 'PAYMENT_DECLINED' || code === 'PAYMENT_UNAVAILABLE') giveBack(holds, instance);
      if (outcome !== 'ok') return answer;
      return { ...answer, tickets: lines.flatMap(({ order = '' }) => codesOf.get(order) ?? []) };
    });

  function pay(request: Request, hold: StoredHold): Work {
    return whenPaid(shop.confirm(request, hold.id), [hold], request.instance);
  }

  return {
    tickets,

    buy(request, wanted) {
      const left = stock.holdOf(wanted.sku, request.buyer);
      const isLeft =
        left?.status === 'RESERVED' && !stock.hasLapsed(left) && left.quantity === wanted.quantity;
      if (isLeft && left.basket === undefined) return pay(request, left);
      return whenDone(shop.reserve(request, wanted), (held) => {
        const hold = stock.holdsById.get(held.hold ?? '');
        return hold === undefined ? held : pay(request, hold);
      });
    },

    buyBasket(request, wanted) {
      const { instance } = request;
      const bought = whenDone(baskets.hold(request, wanted), (held) => {
        const { basket } = held;
        if (basket === undefined) return held;
        const paid = shop.confirmBasket(request, basket);
        return whenPaid(paid, stock.baskets.get(basket) ?? [], instance);
      });
      return whenDone(bought, (answer) => {
        inc(instance, 'flashsale_basket_purchases_total', { outcome: outcomeOf(answer) });
        return answer;
      });
    },

    checkIn({ buyer, callId }, code) {
      const ticket = tickets.get(code);
      if (ticket === undefined) return refuse('NOT_FOUND');
      const order = stock.orders.get(ticket.orderId ?? '');
      if (order?.status === 'CANCELLED') return refuse('TICKET_CANCELLED');
      if (ticket.checkedInAt !== null) {
        if (world.bug !== 'double-check-in') return refuse('TICKET_CHECKED_IN');
        world.harm++;
      }
      if (!world.errs('forgotten-check-in', 0.2)) {
        ticket.checkedInAt = world.clock.iso(world.clock.nowNs());
        ticket.checkedInBy = buyer;
        ticket.gate = 'north';
        ticket.checkedInByCallId = callId;
        tell('ticket.checked-in', ticket.skuId, ticket.userId ?? '');
      }
      shop.fulfil(ticket.orderId ?? '');
      return { outcome: 'ok', status: 200 };
    },
  };
}

/** The label of a purchase of a basket in the metrics. */
const outcomeOf = ({ outcome, code = '' }: Answer): string =>
  ({ ok: 'sold', fail: code.toLowerCase(), info: 'pending' })[outcome];
