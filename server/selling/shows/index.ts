import type { RequestHandler, Router } from 'express';
import type { Pool, PoolClient } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { Caches } from '../../platform/cache.ts';
import { createProgramme } from './programme.ts';
import { createShowRoutes } from './routes.ts';
import { createShowStore } from './store.ts';

/** The feature in which organizers put up shows, and everybody finds them. */
export function createShows(deps: {
  pool: Pool;
  caches: Caches;
  authenticate: RequestHandler;
  readJson: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  /** Ends the sale of a show's tickets in the transaction that cancels it; false when somebody is in already. */
  endSale(tx: PoolClient, showId: string): Promise<boolean>;
  /** Called after a cancellation was committed. */
  onCancelled(showId: string): Promise<void>;
  nowMs(): number;
}): Router {
  const store = createShowStore(deps.pool);
  const programme = createProgramme({ store, caches: deps.caches });
  return createShowRoutes({ ...deps, store, programme, newId });
}
