import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { Registration, Voucher } from '../../../src/protocol/campaigns.ts';
import type { Caches } from '../../platform/cache.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { type Campaign, describeRegistration, describeVoucher } from './campaign.ts';
import { putCampaigns } from './put-campaigns.ts';
import { createGive, createIssue, createRegister, type Give } from './register.ts';
import { createCampaignRoutes } from './routes.ts';
import { createCampaignStore } from './store.ts';

const CAMPAIGN_TTL_MS = 600_000;
const VOUCHER_TTL_MS = 600_000;

/** The feature that registers users for campaigns of limited capacity, and issues and redeems their vouchers. */
export function createCampaigns(deps: {
  pool: Pool;
  caches: Caches;
  ledger: StockLedger;
  /** The ledger for vouchers that are owed: nobody is turned away from those by a look that is half a second old. */
  unfilteredLedger: StockLedger;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  nowMs(): number;
  onDecided(outcome: string): void;
}): {
  routes: Router;
  give: Give;
  /** The voucher that was issued with an order. */
  findRegistration(orderId: string): Promise<Registration | undefined>;
} {
  const store = createCampaignStore(deps.pool);
  // A campaign never changes after it was made.
  const campaigns = deps.caches.create<Campaign>({
    name: 'campaign',
    ttlMs: CAMPAIGN_TTL_MS,
    load: store.findCampaign,
  });
  // The key contains the owner, so that other users do not find the voucher in the cache either.
  const vouchers = deps.caches.create<Voucher>({
    name: 'voucher',
    ttlMs: VOUCHER_TTL_MS,
    async load(key) {
      const [userId, code] = key.split(':') as [string, string];
      const row = await store.findVoucher(code, userId);
      return row && describeVoucher(row);
    },
  });
  const issue = createIssue({ ...deps, store, newId });
  const register = createRegister({ ...deps, findCampaign: campaigns.get, issue });
  return {
    routes: createCampaignRoutes({
      ...{ ...deps, register, store, vouchers, newId },
      putCampaigns: (wanted) => putCampaigns(deps.pool, wanted),
    }),
    give: createGive({
      store,
      issue: createIssue({ store, ledger: deps.unfilteredLedger, newId }),
    }),
    async findRegistration(orderId) {
      const row = await store.findRegistration(orderId);
      return row && describeRegistration(row);
    },
  };
}
