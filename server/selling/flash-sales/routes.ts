import type { RequestHandler, Router } from 'express';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import {
  type AttemptStatus,
  type OrderStatusAnswer,
  SaleId,
  SeedFlashSales,
} from '../../../src/protocol/flash-sales.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { readJson, refuseRepeated, validate } from '../../http/request/json-body.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { Cache } from '../../platform/cache.ts';
import type { AttemptPurchase } from './attempt.ts';
import { type DescribedSale, describeAccepted, describeSale } from './flash-sale.ts';
import type { HotStore } from './hot-store.ts';
import type { FlashSaleStore } from './store.ts';

/** The size of a thousand sales. Only a caller with the admin role may send this much. */
const SEED_LIMIT_BYTES = 4_000_000;

const CURRENT = 'current';

export function createFlashSaleRoutes(deps: {
  attemptPurchase: AttemptPurchase;
  store: FlashSaleStore;
  hotStore: HotStore;
  /** Has one key, `CURRENT`. */
  currentSale: Cache<DescribedSale>;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  newId(): string;
  nowMs(): number;
  /** Called with the outcome of each attempt, for metrics. */
  onDecided(outcome: string): void;
}): Router {
  const {
    attemptPurchase,
    store,
    hotStore,
    currentSale,
    authenticate,
    claimKey,
    newId,
    nowMs,
    onDecided,
  } = deps;
  const router = createRouter();

  router
    .route('/api/flash-sale/attempt/:saleId')
    .post(authenticate, claimKey, async (req, res) => {
      const { effectId: attemptId = newId(), isRepeated } = req.claim ?? {};
      const made = isRepeated ? await store.findSaleOf(attemptId) : undefined;
      if (made !== undefined) {
        respond(res, 200, describeAccepted(attemptId, made));
        return;
      }
      const attempted = await attemptPurchase({
        attemptId,
        saleId: SaleId.safeParse(req.params.saleId).data ?? '',
        userId: req.caller.userId,
        callId: callIdOf(req),
      });
      onDecided(attempted.outcome);
      if ('attempt' in attempted) respond(res, 200, attempted.attempt);
      else refuse(res, attempted.code, attempted.detail);
    })
    .all(methodNotAllowed);

  router
    .route('/api/flash-sale/status')
    .get(authenticate, async (_req, res) => {
      const sale = await currentSale.get(CURRENT);
      if (sale === undefined) refuse(res, 'NOT_FOUND', 'There has been no flash sale yet.');
      else respond(res, 200, describeSale(sale, nowMs()));
    })
    .all(methodNotAllowed);

  router
    .route('/api/orders/status/:productId')
    .get(authenticate, async (req, res) => {
      const { userId } = req.caller;
      const productId = SaleId.safeParse(req.params.productId).data;
      if (productId === undefined) {
        refuse(res, 'NOT_FOUND', 'There is no product with this id.');
        return;
      }
      const status = await statusOf(productId, userId);
      respond(res, 200, { productId, userId, status } satisfies OrderStatusAnswer);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/flash-sales')
    .put(authenticate, requireRole(ADMIN_ROLE), readJson(SEED_LIMIT_BYTES), async (req, res) => {
      const { sales } = validate(SeedFlashSales, req.body);
      refuseRepeated('sales', 'saleId', sales);
      const put = await store.put(sales);
      await currentSale.invalidate(CURRENT);
      switch (put) {
        case 'unknown_product':
          refuse(res, 'UNKNOWN_SKU', 'Make the products of all sales exist first.');
          break;
        case 'product_has_sale':
          refuse(res, 'PRODUCT_HAS_SALE', 'No sale was made. Sell it under another SKU.');
          break;
        case 'sells_another_product':
          refuse(
            res,
            'PRODUCT_HAS_SALE',
            'No sale was made. One of these ids is that of a sale of another product; choose another id.',
          );
          break;
        case 'sold_another_way':
          refuse(
            res,
            'SOLD_ANOTHER_WAY',
            'No sale was made. A campaign gives its units to those who register.',
          );
          break;
        case 'is_reserved':
          refuse(
            res,
            'STOCK_CONFLICT',
            'No sale was made. Units of a product are reserved; try again when they are bought or back on sale.',
          );
          break;
        default:
          respond(res, 200, put);
      }
    })
    .all(methodNotAllowed);

  return router;

  /**
   * The decision over a user's attempt. A decision that the database had first goes to the hot store before anybody is told,
   * or the next question might be answered there that there is none yet.
   */
  async function statusOf(skuId: string, userId: string): Promise<AttemptStatus> {
    const hot = await hotStore.resultOf(skuId, userId);
    if (hot !== 'unknown') return hot;
    const status = await store.statusOf(skuId, userId);
    if (status !== 'PENDING') {
      await hotStore.putResults([{ userId, skuId, isSuccess: status === 'SUCCESS' }]);
    }
    return status;
  }
}
