import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { BasketLedger, StockLedger } from '../../stock/ledger.ts';
import type { Payments } from '../orders/payments.ts';
import type { PaymentGateway } from './gateway/payment-gateway.ts';
import { createReconciler } from './reconciler.ts';
import { createPaymentRoutes, SIGNATURE_TOLERANCE_MS } from './routes.ts';
import { createSettlement } from './settle.ts';
import { createPaymentStore } from './store.ts';

/** A checkout that has not ended this long after the longest possible charge has died with its process. */
const CHECKOUT_GRACE_MS = 5_000;

/** The feature that charges for orders, and settles later the payments that could not be settled at once. */
export function createPayments(deps: {
  pool: Pool;
  ledger: StockLedger;
  baskets: Pick<BasketLedger, 'confirmBasket'>;
  gateway: PaymentGateway;
  /** The longest time that a charge takes. */
  chargeMsMax: number;
  webhookSecret: string | undefined;
  readJson: RequestHandler;
  nowMs(): number;
  onWebhook(outcome: string): void;
}): Payments & {
  routes: Router;
  /** Settles up to about `limit` payments that are due; resolves to their number. */
  settleDue(limit: number): Promise<number>;
} {
  const store = createPaymentStore(deps.pool, CHECKOUT_GRACE_MS + deps.chargeMsMax);
  const { pay, payBasket, settle } = createSettlement({ ...deps, store });
  return {
    pay,
    payBasket,
    routes: createPaymentRoutes({ ...deps, store, settle, secret: deps.webhookSecret }),
    settleDue: createReconciler({
      store,
      settle,
      deleteEventsAfterMs: 2 * SIGNATURE_TOLERANCE_MS,
    }),
  };
}
