import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { createCheckout } from './checkout.ts';
import type { Payments } from './payments.ts';
import { createOrderRoutes } from './routes.ts';
import { createOrderStore } from './store.ts';

/** The feature that checks reservations out, and shows, cancels and fulfils orders. */
export function createOrders(deps: {
  pool: Pool;
  ledger: StockLedger;
  payments: Payments;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  onDecided(outcome: string): void;
}): Router {
  const store = createOrderStore(deps.pool);
  const checkOut = createCheckout({ store, payments: deps.payments, newId });
  return createOrderRoutes({ ...deps, checkOut, store });
}
