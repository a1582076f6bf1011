import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { BasketLedger } from '../../stock/ledger.ts';
import type { Payments } from './payments.ts';
import { createBasketRoutes } from './routes.ts';
import { type BasketStore, createBasketStore } from './store.ts';

/** The feature that sells several SKUs together or not at all. */
export function createBaskets(deps: {
  pool: Pool;
  ledger: BasketLedger;
  payments: Payments;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
}): { routes: Router; find: BasketStore['find'] } {
  const store = createBasketStore(deps.pool);
  return { routes: createBasketRoutes({ ...deps, store, newId }), find: store.find };
}
