import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { createRegister } from './register.ts';
import { createCampaignRoutes } from './routes.ts';
import { createCampaignStore } from './store.ts';

/** Registering for campaigns of limited capacity, and the vouchers that come of it. */
export function createCampaigns(deps: {
  pool: Pool;
  ledger: StockLedger;
  authenticate: RequestHandler;
  readJson: RequestHandler;
  nowMs(): number;
  onDecided(outcome: string): void;
}): Router {
  const store = createCampaignStore(deps.pool);
  const register = createRegister({ store, ledger: deps.ledger, newId, nowMs: deps.nowMs });
  return createCampaignRoutes({ ...deps, register, store, newId });
}
