import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { Order } from '../../../src/protocol/orders.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { createCheckout } from './checkout.ts';
import type { Payments } from './payments.ts';
import { createOrderRoutes } from './routes.ts';
import { createOrderStore } from './store.ts';
import { describeOrder } from './stored-order.ts';

/** The feature that checks reservations out, and shows, cancels and fulfils orders. */
export function createOrders(deps: {
  pool: Pool;
  ledger: StockLedger;
  payments: Payments;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  onDecided(outcome: string): void;
}): {
  routes: Router;
  /** An order of this user, with the number of the stock movement that sold its units. */
  find(orderId: string, userId: string): Promise<Order | undefined>;
} {
  const store = createOrderStore(deps.pool);
  const checkOut = createCheckout({ payments: deps.payments, newId });
  return {
    routes: createOrderRoutes({ ...deps, checkOut, store }),
    async find(orderId, userId) {
      const row = await store.find(orderId, userId);
      return row && { ...describeOrder(row), sequence: await store.findMovement(orderId, 'SOLD') };
    },
  };
}
