import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { Consumer } from '../../events/event.ts';
import type { Caches } from '../../platform/cache.ts';
import type { Redis } from '../../platform/redis.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { createAttemptPurchase } from './attempt.ts';
import type { DescribedSale, FlashSale } from './flash-sale.ts';
import { createHotStore } from './hot-store.ts';
import { createFlashSaleRoutes } from './routes.ts';
import { createFlashSaleStore } from './store.ts';
import { createAttemptWorker } from './worker.ts';

/** The data of a sale never change. */
const SALE_TTL_MS = 600_000;

/** Creates the flash sales: the endpoints that accept attempts at once, and the worker that turns them into orders. */
export function createFlashSales(deps: {
  pool: Pool;
  redis: Redis | undefined;
  caches: Caches;
  ledger: StockLedger;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  nowMs(): number;
  onDecided(outcome: string): void;
}): { routes: Router; worker: Consumer } {
  const store = createFlashSaleStore(deps.pool);
  const sales = deps.caches.create<FlashSale>({
    name: 'flash_sale',
    ttlMs: SALE_TTL_MS,
    load: store.find,
  });
  const currentSale = deps.caches.create<DescribedSale>({
    name: 'current_flash_sale',
    load: store.findCurrent,
  });
  const hotStore = createHotStore({ redis: deps.redis, read: store.readForHotStore });
  const attemptPurchase = createAttemptPurchase({
    store,
    findSale: sales.get,
    hotStore,
    nowMs: deps.nowMs,
  });
  return {
    routes: createFlashSaleRoutes({
      ...{ ...deps, attemptPurchase, store, hotStore, newId, currentSale },
    }),
    worker: createAttemptWorker({ ledger: deps.ledger, store, hotStore }),
  };
}
