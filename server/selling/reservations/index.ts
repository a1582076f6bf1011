import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { createReservationRoutes } from './routes.ts';
import { createReservationStore } from './store.ts';

/** The feature that holds units for a short while, shows holds and releases them. */
export const createReservations = (deps: {
  pool: Pool;
  ledger: StockLedger;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  onDecided(outcome: string): void;
}): Router => createReservationRoutes({ ...deps, store: createReservationStore(deps.pool), newId });
