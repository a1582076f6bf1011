import { type Request, type Response, Router } from 'express';
import { type ProductPage, SkuId } from '../../../src/protocol/products.ts';
import { cutPage, readPage } from '../../http/paging.ts';
import { methodNotAllowed, ProblemError, refuse } from '../../http/problem.ts';
import { respond } from '../../http/respond.ts';
import { describeAvailability, describeProduct } from './product.ts';
import type { ProductStore } from './store.ts';

/** The catalogue. Open to everybody, like a shop window. */
export function createProductRoutes(store: ProductStore): Router {
  const router = Router();

  router
    .route('/api/v1/products')
    .get(async (req, res) => {
      const { limit, cursor } = readPage(req);
      const rows = await store.listActive({ limit: limit + 1, cursor });
      const { page, nextCursor } = cutPage(rows, limit, (row) => row.sku_id);
      respond(res, 200, { products: page.map(describeProduct), nextCursor } satisfies ProductPage);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/products/:skuId')
    .get(async (req, res) => {
      const row = await store.find(pathSku(req));
      if (row === undefined) refuseUnknownSku(res);
      else respond(res, 200, describeProduct(row));
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/products/:skuId/availability')
    .get(async (req, res) => {
      const row = await store.findStock(pathSku(req));
      if (row === undefined) refuseUnknownSku(res);
      else respond(res, 200, describeAvailability(row));
    })
    .all(methodNotAllowed);

  return router;
}

const UNKNOWN_SKU = 'There is no product with this SKU.';

const refuseUnknownSku = (res: Response) => refuse(res, 'UNKNOWN_SKU', UNKNOWN_SKU);

/** The SKU in the path. Something that cannot be one names no product, and never reaches the database. */
function pathSku(req: Request<{ skuId: string }>): string {
  const sku = SkuId.safeParse(req.params.skuId);
  if (!sku.success) throw new ProblemError('UNKNOWN_SKU', UNKNOWN_SKU);
  return sku.data;
}
