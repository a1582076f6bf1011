import type { Request, RequestHandler, Response, Router } from 'express';
import type { Order } from '../../../src/protocol/orders.ts';
import type { Problem } from '../../../src/protocol/problem.ts';
import { ORGANIZER_ROLE } from '../../../src/protocol/shows.ts';
import {
  type BasketPurchase,
  BasketPurchaseRequest,
  CheckInRequest,
  type Purchase,
  PurchaseRequest,
  type TicketPage,
  TicketQuery,
} from '../../../src/protocol/tickets.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { validate } from '../../http/request/json-body.ts';
import { cutPage, readPage } from '../../http/request/paging.ts';
import { noStore } from '../../http/response/no-store.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond, respondCacheable } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import { afterEffect } from '../../platform/after-effect.ts';
import type { LetIn } from './gate.ts';
import type { FindOrder } from './payments.ts';
import type { PurchaseTickets } from './purchase.ts';
import type { PurchaseBasket } from './purchase-basket.ts';
import type { TicketStore } from './store.ts';
import { describeNewTicket, describeTicket, type Refusal } from './ticket.ts';
import type { TicketCodes } from './ticket-code.ts';

/** Gates keep the key for as long as they are away from the network. */
const KEYS_SHARED_FOR_SECONDS = 3600;

export function createTicketRoutes(deps: {
  purchase: PurchaseTickets;
  purchaseBasket: PurchaseBasket;
  letIn: LetIn;
  store: TicketStore;
  findOrder: FindOrder;
  codes: TicketCodes;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  newId(): string;
  /** Called with the outcome of each purchase after it is decided. */
  onDecided(outcome: string): void;
  /** The same for baskets. */
  onBasketDecided(outcome: string): void;
}): Router {
  const { purchase, purchaseBasket, letIn, store, findOrder, codes, newId } = deps;
  const { onDecided, onBasketDecided } = deps;
  const { authenticate, readJsonAndClaimKey } = deps;
  const router = createRouter();

  router
    .route('/tickets/purchase')
    .post(noStore, authenticate, readJsonAndClaimKey, buy)
    .all(methodNotAllowed);
  router.route('/tickets').get(noStore, authenticate, list).all(methodNotAllowed);
  router
    .route('/tickets/:code/check-in')
    .post(authenticate, requireRole(ORGANIZER_ROLE), readJsonAndClaimKey, checkIn)
    .all(methodNotAllowed);
  router
    .route('/.well-known/ticket-keys.json')
    .get((_req, res) => respondCacheable(res, codes.keys, KEYS_SHARED_FOR_SECONDS))
    .all(methodNotAllowed);

  return router;

  async function buy(req: Request, res: Response): Promise<void> {
    if (req.body !== null && typeof req.body === 'object' && 'lines' in req.body) {
      await buyBasket(req, res);
      return;
    }
    const request = validate(PurchaseRequest, req.body);
    const { userId } = req.caller;
    const { effectId: orderId, isRepeated } = req.claim ?? {};
    const made = orderId && isRepeated ? await findOrder(orderId, userId) : undefined;
    if (made !== undefined) {
      await answerAgain(res, made);
      return;
    }
    const bought = await purchase({ userId, callId: callIdOf(req), orderId }, request);
    onDecided(bought.outcome);
    if ('order' in bought) {
      await afterEffect(() => answerOrder(res, bought.order, bought.showId));
    } else refuseWith(res, bought);
  }

  async function buyBasket(req: Request, res: Response): Promise<void> {
    const request = validate(BasketPurchaseRequest, req.body);
    const { effectId: basketId = newId(), isRepeated = false } = req.claim ?? {};
    const by = { userId: req.caller.userId, callId: callIdOf(req), basketId, isRepeated };
    const bought = await purchaseBasket(by, request);
    onBasketDecided(bought.outcome);
    if (!('orders' in bought)) {
      refuseWith(res, bought);
      return;
    }
    const { orders, showId: eventId } = bought;
    await afterEffect(async () => {
      const isPaid = bought.outcome === 'sold';
      const rows = isPaid
        ? await Promise.all(orders.map(({ orderId }) => store.listOf(orderId)))
        : [];
      const tickets = rows.flat().map((row) => describeNewTicket(row, codes));
      const answer = { basketId: bought.basketId, eventId, orders, tickets };
      respond(res, isPaid ? 201 : 202, answer satisfies BasketPurchase);
    });
  }

  /** Answers a repeated request by the order that it has made, as the first answer would have shown it. */
  async function answerAgain(res: Response, order: Order): Promise<void> {
    if (order.status === 'FAILED') {
      refuse(res, 'PAYMENT_DECLINED', 'This purchase was not paid; make a new one.');
      return;
    }
    const showId = await store.findShowOf(order.skuId);
    if (showId === undefined) throw new Error(`order ${order.orderId} is no order of tickets`);
    const status = order.status === 'PENDING' ? 'PENDING' : 'CONFIRMED';
    await answerOrder(res, { ...order, status }, showId);
  }

  async function answerOrder(res: Response, order: Order, eventId: string): Promise<void> {
    const isPaid = order.status === 'CONFIRMED';
    const rows = isPaid ? await store.listOf(order.orderId) : [];
    const tickets = rows.map((row) => describeNewTicket(row, codes));
    respond(res, isPaid ? 201 : 202, { ...order, eventId, tickets } satisfies Purchase);
  }

  async function list(req: Request, res: Response): Promise<void> {
    const { limit, cursor } = readPage(req, TicketQuery);
    const rows = await store.list(req.caller.userId, { limit: limit + 1, cursor });
    const { page, nextCursor } = cutPage(
      rows,
      limit,
      ({ order_id, number }) => `${order_id}_${number}`,
    );
    const tickets = page.map((row) => describeTicket(row, codes));
    respond(res, 200, { tickets, nextCursor } satisfies TicketPage);
  }

  async function checkIn(req: Request<{ code: string }>, res: Response): Promise<void> {
    const { gate } = validate(CheckInRequest, req.body);
    const { effectId: checkInId = newId(), isRepeated = false } = req.claim ?? {};
    const scanned = await letIn({
      code: req.params.code,
      organizerId: req.caller.userId,
      gate,
      callId: callIdOf(req),
      checkInId,
      isRepeated,
    });
    if ('ticket' in scanned) respond(res, 200, scanned.ticket);
    else refuseWith(res, scanned);
  }
}

const refuseWith = (
  res: Response,
  { code, detail, outcome: _, ...extras }: Refusal & { lines?: Problem['lines'] },
): void => refuse(res, code, detail, Object.keys(extras).length === 0 ? undefined : extras);
