import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { TicketType } from '../../../src/protocol/tickets.ts';
import type { Consumer } from '../../events/event.ts';
import { createRouter } from '../../http/router.ts';
import type { Caches } from '../../platform/cache.ts';
import type { Reader } from '../../platform/replicas.ts';
import type { BasketLedger, StockLedger } from '../../stock/ledger.ts';
import { createClearCancelled } from './clear-cancelled.ts';
import { createGate } from './gate.ts';
import type { FindBasket, FindOrder, Payments } from './payments.ts';
import { createPurchase } from './purchase.ts';
import { createPurchaseBasket } from './purchase-basket.ts';
import { createTicketRoutes } from './routes.ts';
import { createShowCounts } from './show-counts.ts';
import { createTicketStore } from './store.ts';
import { createTicketCodes } from './ticket-code.ts';
import { createTicketTypeRoutes } from './type-routes.ts';
import { createTicketTypeStore, type TicketTypeStore } from './type-store.ts';

/** A ticket type never changes after it was put on sale. */
const TYPE_TTL_MS = 600_000;

/** The feature that sells tickets of shows, and lets them in. */
export function createTickets(deps: {
  pool: Pool;
  /** Reads what everybody may see of ticket types. */
  reader: Reader;
  caches: Caches;
  ledger: StockLedger;
  payments: Payments;
  baskets: BasketLedger;
  findOrder: FindOrder;
  findBasket: FindBasket;
  /** The same on all servers, or their codes differ. */
  codeSecret: string | Buffer;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  onDecided(outcome: string): void;
  onBasketDecided(outcome: string): void;
}): {
  routes: Router;
  endSale: TicketTypeStore['endSale'];
  listTypes: TicketTypeStore['listOf'];
  clearCancelled(limit: number): Promise<number>;
  showCounts: Consumer;
} {
  const { pool, caches } = deps;
  const store = createTicketStore(pool);
  const typeStore = createTicketTypeStore(pool, deps.reader);
  const codes = createTicketCodes(deps.codeSecret);
  const type = caches.create<TicketType>({
    name: 'ticket-type',
    ttlMs: TYPE_TTL_MS,
    load: typeStore.find,
  });
  const types = caches.create<TicketType[]>({
    name: 'ticket-types',
    ttlMs: TYPE_TTL_MS,
    load: typeStore.listOf,
  });
  // Changes all the time while tickets are sold, so it is kept in memory only.
  const counts = caches.create({ name: 'show-counts', load: typeStore.countsOf });
  const purchase = createPurchase({ ...deps, store, findType: type.get, newId });
  const purchaseBasket = createPurchaseBasket({ ...deps, findType: type.get, newId });
  const letIn = createGate({ pool, caches, codes });
  return {
    routes: createRouter().use(
      createTicketRoutes({ ...deps, purchase, purchaseBasket, letIn, store, codes, newId }),
      createTicketTypeRoutes({ ...deps, store: typeStore, types, counts, newId }),
    ),
    endSale: typeStore.endSale,
    listTypes: typeStore.listOf,
    clearCancelled: createClearCancelled(deps),
    showCounts: createShowCounts(),
  };
}
