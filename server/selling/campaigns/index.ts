import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { Voucher } from '../../../src/protocol/campaigns.ts';
import type { Caches } from '../../platform/cache.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { type Campaign, describeVoucher } from './campaign.ts';
import { createRegister } from './register.ts';
import { createCampaignRoutes } from './routes.ts';
import { createCampaignStore } from './store.ts';

const CAMPAIGN_TTL_MS = 600_000;
const VOUCHER_TTL_MS = 600_000;

/** Registering for campaigns of limited capacity, and the vouchers that come of it. */
export function createCampaigns(deps: {
  pool: Pool;
  caches: Caches;
  ledger: StockLedger;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  nowMs(): number;
  onDecided(outcome: string): void;
}): Router {
  const store = createCampaignStore(deps.pool);
  // A campaign stays as it was made.
  const campaigns = deps.caches.create<Campaign>({
    name: 'campaign',
    ttlMs: CAMPAIGN_TTL_MS,
    load: store.findCampaign,
  });
  // By owner and code: to others a voucher does not exist, in the cache neither.
  const vouchers = deps.caches.create<Voucher>({
    name: 'voucher',
    ttlMs: VOUCHER_TTL_MS,
    async load(key) {
      const [userId, code] = key.split(':') as [string, string];
      const row = await store.findVoucher(code, userId);
      return row && describeVoucher(row);
    },
  });
  const register = createRegister({ ...deps, store, findCampaign: campaigns.get, newId });
  return createCampaignRoutes({ ...deps, register, store, vouchers, newId });
}
