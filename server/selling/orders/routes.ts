import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { CheckoutRequest, type OrderPage } from '../../../src/protocol/orders.ts';
import { PageQuery } from '../../../src/protocol/paging.ts';
import { attemptIdOf } from '../../http/attempt-id.ts';
import { validate } from '../../http/json-body.ts';
import { cutPage, readPage } from '../../http/paging.ts';
import { pathId } from '../../http/path-id.ts';
import { methodNotAllowed, refuse } from '../../http/problem.ts';
import { respond } from '../../http/respond.ts';
import type { CheckOut } from './checkout.ts';
import { describeOrder } from './order.ts';
import type { OrderStore } from './store.ts';

/** Orders are paged by their ids. */
export const OrderPageQuery = PageQuery.extend({ cursor: z.uuid().optional() });

export function createOrderRoutes(deps: {
  checkOut: CheckOut;
  store: OrderStore;
  authenticate: RequestHandler;
  readJson: RequestHandler;
  /** Told the outcome of each checkout once it is decided. */
  onDecided(outcome: string): void;
}): Router {
  const { checkOut, store, authenticate, readJson, onDecided } = deps;
  const router = Router();

  router
    .route('/api/v1/orders/checkout')
    .post(authenticate, readJson, async (req, res) => {
      const request = validate(CheckoutRequest, req.body);
      const buyer = { userId: req.caller.userId, attemptId: attemptIdOf(req) };
      const checkout = await checkOut(buyer, request);
      onDecided(checkout.outcome);
      if ('order' in checkout) respond(res, 201, checkout.order);
      else refuse(res, checkout.code, checkout.detail);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/orders')
    .get(authenticate, async (req, res) => {
      const { limit, cursor } = readPage(req, OrderPageQuery);
      const rows = await store.list(req.caller.userId, {
        limit: limit + 1,
        cursor,
      });
      const { page, nextCursor } = cutPage(rows, limit, (row) => row.order_id);
      respond(res, 200, { orders: page.map(describeOrder), nextCursor } satisfies OrderPage);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/orders/:id')
    .get(authenticate, async (req, res) => {
      const row = await store.find(pathId(req.params.id), req.caller.userId);
      if (row !== undefined) respond(res, 200, describeOrder(row));
      else refuse(res, 'NOT_FOUND', 'You have no order with this id.');
    })
    .all(methodNotAllowed);

  return router;
}
