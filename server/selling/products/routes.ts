import type { Request, Response, Router } from 'express';
import { SkuId } from '../../../src/protocol/products.ts';
import { readPage } from '../../http/request/paging.ts';
import { methodNotAllowed, ProblemError, refuse } from '../../http/response/problem.ts';
import { respondCacheable } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { Catalogue } from './catalogue.ts';

/** Time for which a CDN or browser may answer from its cache, and show a product as it was before a change. */
const SHARED_FOR_SECONDS = 5;

/** The routes of the catalogue, which need no token. */
export function createProductRoutes(catalogue: Catalogue): Router {
  const router = createRouter();

  router
    .route('/api/v1/products')
    .get(async (req, res) => {
      respondCacheable(res, await catalogue.list(readPage(req)), SHARED_FOR_SECONDS);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/products/:skuId')
    .get(async (req, res) => {
      const product = await catalogue.find(pathSku(req));
      if (product === undefined) refuseUnknownSku(res);
      else respondCacheable(res, product, SHARED_FOR_SECONDS);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/products/:skuId/availability')
    .get(async (req, res) => {
      const availability = await catalogue.findStock(pathSku(req));
      if (availability === undefined) refuseUnknownSku(res);
      else respondCacheable(res, availability, 0);
    })
    .all(methodNotAllowed);

  return router;
}

const UNKNOWN_SKU = 'There is no product with this SKU.';

const refuseUnknownSku = (res: Response) => refuse(res, 'UNKNOWN_SKU', UNKNOWN_SKU);

/**
 * The SKU in the path.
 *
 * @throws ProblemError UNKNOWN_SKU for a text that cannot be a SKU, without a query
 */
function pathSku(req: Request<{ skuId: string }>): string {
  const sku = SkuId.safeParse(req.params.skuId);
  if (!sku.success) throw new ProblemError('UNKNOWN_SKU', UNKNOWN_SKU);
  return sku.data;
}
