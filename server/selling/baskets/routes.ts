import type { Request, RequestHandler, Response, Router } from 'express';
import {
  type Basket,
  BasketCheckoutRequest,
  BasketRequest,
} from '../../../src/protocol/baskets.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { validate } from '../../http/request/json-body.ts';
import { pathId } from '../../http/request/path-id.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import { afterEffect } from '../../platform/after-effect.ts';
import { basketLines } from '../../stock/basket-lines.ts';
import type { BasketLedger } from '../../stock/ledger.ts';
import {
  describeHeld,
  END_REFUSALS,
  type Refusal,
  refuseEnd,
  type StoredBasket,
} from './basket.ts';
import type { Payments, PayRefused } from './payments.ts';
import type { BasketStore } from './store.ts';

export function createBasketRoutes(deps: {
  ledger: BasketLedger;
  payments: Payments;
  store: BasketStore;
  newId(): string;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
}): Router {
  const { ledger, payments, store, newId, authenticate, claimKey, readJsonAndClaimKey } = deps;
  const router = createRouter();

  router
    .route('/api/v1/baskets')
    .post(authenticate, readJsonAndClaimKey, hold)
    .all(methodNotAllowed);
  router
    .route('/api/v1/baskets/:id')
    .get(authenticate, read)
    .delete(authenticate, release)
    .all(methodNotAllowed);
  router
    .route('/api/v1/baskets/:id/checkout')
    .post(authenticate, readJsonAndClaimKey, checkOut)
    .all(methodNotAllowed);
  router
    .route('/api/v1/baskets/:id/cancel')
    .post(authenticate, claimKey, cancel)
    .all(methodNotAllowed);

  return router;

  async function hold(req: Request, res: Response): Promise<void> {
    const { lines } = validate(BasketRequest, req.body);
    const { userId } = req.caller;
    const basketId = req.claim?.effectId ?? newId();
    const made = req.claim?.isRepeated ? await store.find(basketId, userId) : undefined;
    if (made !== undefined) {
      respond(res, 201, asItWasHeld(made));
      return;
    }
    const wanted = basketLines(basketId, lines, callIdOf(req));
    const decided = await ledger.holdBasket({ basketId, userId, lines: wanted });
    const held = describeHeld(basketId, wanted, decided);
    if ('basket' in held) respond(res, 201, held.basket);
    else refuseLines(res, held);
  }

  async function read(req: Request<{ id: string }>, res: Response): Promise<void> {
    const basket = await store.find(pathId(req.params.id), req.caller.userId);
    if (basket !== undefined) respond(res, 200, basket satisfies Basket);
    else refuse(res, 'NOT_FOUND', END_REFUSALS.not_found.detail);
  }

  async function release(req: Request<{ id: string }>, res: Response): Promise<void> {
    const { userId } = req.caller;
    const basketId = pathId(req.params.id);
    const released = await ledger.releaseBasket({ basketId, userId });
    if (released.outcome !== 'released') {
      refuseLines(res, refuseEnd(released.outcome, released.skuIds));
      return;
    }
    await afterEffect(async () => {
      const basket = await find(basketId, userId);
      const sequenceOf = new Map(released.lines.map(({ holdId, sequence }) => [holdId, sequence]));
      const lines = basket.lines.map((line) => ({
        ...line,
        sequence: sequenceOf.get(line.reservationId),
      }));
      respond(res, 200, { ...basket, lines } satisfies Basket);
    });
  }

  async function checkOut(req: Request<{ id: string }>, res: Response): Promise<void> {
    const { paymentMethod: method, transactionId } = validate(BasketCheckoutRequest, req.body);
    const { userId } = req.caller;
    const basketId = pathId(req.params.id);
    const basket = await store.find(basketId, userId, req.claim?.isRepeated ? 'SOLD' : undefined);
    if (basket === undefined) {
      refuse(res, 'NOT_FOUND', END_REFUSALS.not_found.detail);
      return;
    }
    const orderId = req.claim?.effectId ?? newId();
    if (req.claim?.isRepeated && basket.orders[0]?.orderId === orderId) {
      respondBought(res, basket);
      return;
    }
    const orderIds = [orderId, ...basket.lines.slice(1).map(newId)];
    const by = { basketId, userId, orderIds, callId: callIdOf(req) };
    const paid = await payments.payBasket({ ...by, method, transactionId });
    if ('orders' in paid) {
      // Read again, for the time at which the lines were sold.
      await afterEffect(async () => {
        const { lines } = await find(basketId, userId);
        respondBought(res, { basketId, lines, orders: paid.orders });
      });
    } else if (paid.outcome === 'declined') refuse(res, 'PAYMENT_DECLINED', paid.reason);
    else refuse(res, PAY_CODES[paid.outcome], PAY_DETAIL);
  }

  async function cancel(req: Request<{ id: string }>, res: Response): Promise<void> {
    const { userId } = req.caller;
    const basketId = pathId(req.params.id);
    const cancelled = await ledger.cancelBasket({ basketId, userId });
    if (cancelled.outcome !== 'cancelled') {
      const made = req.claim?.isRepeated
        ? await store.find(basketId, userId, 'RETURNED')
        : undefined;
      if (made?.orders[0]?.status === 'CANCELLED') {
        respond(res, 200, made);
        return;
      }
      refuseLines(res, refuseEnd(cancelled.outcome, cancelled.skuIds));
      return;
    }
    await afterEffect(async () => {
      const basket = await find(basketId, userId);
      const sequenceOf = new Map(cancelled.lines.map(({ holdId, sequence }) => [holdId, sequence]));
      const orders = basket.orders.map((order) => ({
        ...order,
        sequence: sequenceOf.get(order.reservationId),
      }));
      respond(res, 200, { ...basket, orders } satisfies Basket);
    });
  }

  async function find(basketId: string, userId: string): Promise<StoredBasket> {
    const basket = await store.find(basketId, userId);
    if (basket === undefined) throw new Error(`basket ${basketId} has just been there`);
    return basket;
  }
}

const refuseLines = (res: Response, { code, detail, lines }: Refusal): void =>
  refuse(res, code, detail, lines && { lines });

/** As the first answer would have shown it, also if it was bought or given back since. */
const asItWasHeld = ({ basketId, lines }: StoredBasket): Basket => ({
  basketId,
  lines: lines.map((line) => ({ ...line, status: 'RESERVED', confirmedAt: null })),
  orders: [],
});

/** The same, also if it was fulfilled or cancelled since. */
function respondBought(res: Response, { basketId, lines, orders }: StoredBasket): void {
  const isPending = orders.some(({ status }) => status === 'PENDING');
  const line = { status: isPending ? 'RESERVED' : 'CONFIRMED' } as const;
  const order = { status: isPending ? 'PENDING' : 'CONFIRMED' } as const;
  respond(res, isPending ? 202 : 201, {
    basketId,
    lines: lines.map((known) => ({ ...known, ...line })),
    orders: orders.map((known) => ({ ...known, ...order })),
  } satisfies Basket);
}

const PAY_CODES: Record<PayRefused, ProblemCode> = {
  unavailable: 'PAYMENT_UNAVAILABLE',
  transaction_reused: 'TRANSACTION_REUSED',
  order_exists: 'ORDER_EXISTS',
  expired: 'RESERVATION_EXPIRED',
  not_active: 'RESERVATION_NOT_ACTIVE',
  not_found: 'NOT_FOUND',
  sold_another_way: 'SOLD_ANOTHER_WAY',
  in_basket: 'PART_OF_BASKET',
};

const PAY_DETAIL = 'No line of the basket was bought. Money that was taken goes back.';
