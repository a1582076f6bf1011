import type { Request, RequestHandler, Response, Router } from 'express';
import * as z from 'zod';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import { CheckoutRequest, type Order, type OrderPage } from '../../../src/protocol/orders.ts';
import { CURSOR_MEANING, PageQuery } from '../../../src/protocol/paging.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { validate } from '../../http/request/json-body.ts';
import { cutPage, readPage } from '../../http/request/paging.ts';
import { pathId } from '../../http/request/path-id.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import type { CheckOut } from './checkout.ts';
import type { OrderStore } from './store.ts';
import { describeOrder } from './stored-order.ts';

/** The cursor of a page of orders is an order id. */
export const OrderPageQuery = PageQuery.extend({
  cursor: z.uuid().optional().describe(CURSOR_MEANING),
});

const NO_SUCH_ORDER = 'You have no order with this id.';

export function createOrderRoutes(deps: {
  checkOut: CheckOut;
  store: OrderStore;
  ledger: Pick<StockLedger, 'cancelOrder'>;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  /** Called with the outcome of each checkout after it is decided. */
  onDecided(outcome: string): void;
}): Router {
  const { checkOut, store, ledger, authenticate, claimKey, readJsonAndClaimKey, onDecided } = deps;
  const router = createRouter();

  router
    .route('/api/v1/orders/checkout')
    .post(authenticate, readJsonAndClaimKey, checkOutReservation)
    .all(methodNotAllowed);
  router.route('/api/v1/orders').get(authenticate, list).all(methodNotAllowed);
  router.route('/api/v1/orders/:id').get(authenticate, read).all(methodNotAllowed);
  router
    .route('/api/v1/orders/:id/cancel')
    .post(authenticate, claimKey, cancel)
    .all(methodNotAllowed);
  router
    .route('/api/v1/orders/:id/fulfil')
    .post(authenticate, requireRole(ADMIN_ROLE), claimKey, fulfil)
    .all(methodNotAllowed);

  return router;

  async function checkOutReservation(req: Request, res: Response): Promise<void> {
    const request = validate(CheckoutRequest, req.body);
    const { userId } = req.caller;
    const { effectId: orderId, isRepeated } = req.claim ?? {};
    const made = orderId && isRepeated ? await store.find(orderId, userId) : undefined;
    if (made?.status === 'PENDING') {
      respond(res, 202, describeOrder(made));
      return;
    }
    // The order as the first answer would have shown it, also if it was fulfilled or cancelled since.
    if (made !== undefined && made.status !== 'FAILED') {
      const sequence = await store.findMovement(made.order_id, 'SOLD');
      respond(res, 201, { ...describeOrder({ ...made, status: 'CONFIRMED' }), sequence });
      return;
    }
    const checkout = await checkOut({ userId, callId: callIdOf(req), orderId }, request);
    onDecided(checkout.outcome);
    if ('order' in checkout) {
      respond(res, checkout.outcome === 'sold' ? 201 : 202, checkout.order);
      return;
    }
    const { code, detail } = checkout;
    const existingOrderId =
      code === 'ORDER_EXISTS' ? await store.findOrderOf(request.reservationId, userId) : undefined;
    refuse(res, code, detail, existingOrderId === undefined ? undefined : { existingOrderId });
  }

  async function list(req: Request, res: Response): Promise<void> {
    const { limit, cursor } = readPage(req, OrderPageQuery);
    const rows = await store.list(req.caller.userId, { limit: limit + 1, cursor });
    const { page, nextCursor } = cutPage(rows, limit, (row) => row.order_id);
    respond(res, 200, { orders: page.map(describeOrder), nextCursor } satisfies OrderPage);
  }

  async function read(req: Request<{ id: string }>, res: Response): Promise<void> {
    const row = await store.find(pathId(req.params.id), req.caller.userId);
    if (row !== undefined) respond(res, 200, describeOrder(row));
    else refuse(res, 'NOT_FOUND', NO_SUCH_ORDER);
  }

  /** Cancels an order. The payments give its money back, because they follow every change of an order. */
  async function cancel(req: Request<{ id: string }>, res: Response): Promise<void> {
    const { userId } = req.caller;
    const row = await store.find(pathId(req.params.id), userId);
    if (row === undefined) {
      refuse(res, 'NOT_FOUND', NO_SUCH_ORDER);
      return;
    }
    if (req.claim?.isRepeated && row.status === 'CANCELLED') {
      const sequence = await store.findMovement(row.order_id, 'RETURNED');
      respond(res, 200, { ...describeOrder(row), sequence });
      return;
    }
    const { order_id: orderId, sku_id: skuId, basket_id: basketId } = row;
    if (basketId !== null) {
      const detail = `Its lines are cancelled together: POST /api/v1/baskets/${basketId}/cancel.`;
      refuse(res, 'PART_OF_BASKET', detail);
      return;
    }
    const cancelled = await ledger.cancelOrder({ orderId, userId, skuId });
    if (cancelled.outcome !== 'cancelled') {
      refuse(res, 'ORDER_NOT_CANCELLABLE', 'It has failed, or was fulfilled or cancelled before.');
      return;
    }
    const order = describeOrder({ ...row, status: 'CANCELLED' });
    respond(res, 200, { ...order, sequence: cancelled.sequence } satisfies Order);
  }

  async function fulfil(req: Request<{ id: string }>, res: Response): Promise<void> {
    const orderId = pathId(req.params.id);
    const fulfilled = await store.fulfil(orderId);
    if (fulfilled !== undefined) {
      respond(res, 200, describeOrder(fulfilled));
      return;
    }
    const row = await store.findAny(orderId);
    if (row === undefined) {
      refuse(res, 'NOT_FOUND', 'There is no order with this id.');
    } else if (req.claim?.isRepeated && row.status === 'FULFILLED') {
      respond(res, 200, describeOrder(row));
    } else {
      const detail = `Only a CONFIRMED order that is shipped can be fulfilled, not one of tickets; this one is ${row.status}.`;
      refuse(res, 'ORDER_NOT_FULFILLABLE', detail);
    }
  }
}
