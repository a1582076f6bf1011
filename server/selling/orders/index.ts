import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import type { PaymentGateway } from '../payment-gateway.ts';
import { createCheckout } from './checkout.ts';
import { createOrderRoutes } from './routes.ts';
import { createOrderStore } from './store.ts';

/** Checking a reservation out, and reading the orders that came of it. */
export function createOrders(deps: {
  pool: Pool;
  ledger: StockLedger;
  gateway: PaymentGateway;
  authenticate: RequestHandler;
  once: RequestHandler;
  readJson: RequestHandler;
  onDecided(outcome: string): void;
}): Router {
  const store = createOrderStore(deps.pool);
  const checkOut = createCheckout({ store, ledger: deps.ledger, gateway: deps.gateway, newId });
  return createOrderRoutes({ ...deps, checkOut, store });
}
