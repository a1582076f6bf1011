import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import {
  RegisterRequest,
  SeedCampaigns,
  UseVoucherRequest,
  type Voucher,
  type VoucherPage,
} from '../../../src/protocol/campaigns.ts';
import { PageQuery } from '../../../src/protocol/paging.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { readJson, validate } from '../../http/request/json-body.ts';
import { cutPage, readPage } from '../../http/request/paging.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import type { Cache } from '../../platform/cache.ts';
import { describeRegistration, describeVoucher, refuseUse, type VoucherRow } from './campaign.ts';
import type { Register } from './register.ts';
import type { CampaignStore } from './store.ts';

/** A thousand campaigns fit; only somebody who has shown the admin role may send so much. */
const SEED_LIMIT_BYTES = 1_000_000;

/** Vouchers are paged by the ids of their orders. */
export const VoucherPageQuery = PageQuery.extend({ cursor: z.uuid().optional() });

export function createCampaignRoutes(deps: {
  register: Register;
  store: CampaignStore;
  /** By `userId:code`. */
  vouchers: Cache<Voucher>;
  newId(): string;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  /** Told the outcome of each registration once it is decided. */
  onDecided(outcome: string): void;
}): Router {
  const { register, store, vouchers, newId, authenticate, onDecided } = deps;
  const router = Router();

  router
    .route('/api/v1/register')
    .post(authenticate, deps.readJsonAndClaimKey, async (req, res) => {
      const { campaignId } = validate(RegisterRequest, req.body);
      const { effectId: orderId, isRepeated } = req.claim ?? {};
      const made = orderId && isRepeated ? await store.findRegistration(orderId) : undefined;
      if (made !== undefined) {
        respond(res, 201, describeRegistration(made));
        return;
      }
      const user = { userId: req.caller.userId, callId: callIdOf(req), orderId };
      const registered = await register(user, campaignId);
      onDecided(registered.outcome);
      if ('registration' in registered) {
        respond(res, 201, registered.registration);
        return;
      }
      const { code, detail, sequence } = registered;
      refuse(res, code, detail, sequence === undefined ? undefined : { sequence });
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/vouchers')
    .get(authenticate, async (req, res) => {
      const { limit, cursor } = readPage(req, VoucherPageQuery);
      const rows = await store.list(req.caller.userId, { limit: limit + 1, cursor });
      const { page, nextCursor } = cutPage(rows, limit, (row) => row.order_id);
      respond(res, 200, { vouchers: page.map(describeVoucher), nextCursor } satisfies VoucherPage);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/voucher/use')
    .post(authenticate, deps.readJsonAndClaimKey, async (req, res) => {
      const { code } = validate(UseVoucherRequest, req.body);
      const { userId } = req.caller;
      const { effectId: useId = newId(), isRepeated } = req.claim ?? {};
      const cacheKey = `${userId}:${code}`;
      const used =
        (isRepeated ? await store.findUsed(code, useId) : undefined) ??
        (await useUnlessSpent(cacheKey, () =>
          store.use(code, userId, { useId, callId: callIdOf(req) }),
        ));
      if (used !== undefined) {
        respond(res, 200, describeVoucher(used));
        return;
      }
      const refusal = refuseUse(await vouchers.get(cacheKey));
      refuse(res, refusal.code, refusal.detail);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/campaigns')
    .put(authenticate, requireRole(ADMIN_ROLE), readJson(SEED_LIMIT_BYTES), async (req, res) => {
      const { campaigns } = validate(SeedCampaigns, req.body);
      respond(res, 200, await store.put(campaigns));
    })
    .all(methodNotAllowed);

  return router;

  /** A voucher that the cache has as used is used for good; whether another still can be, only the database knows. */
  async function useUnlessSpent(
    cacheKey: string,
    use: () => Promise<VoucherRow | undefined>,
  ): Promise<VoucherRow | undefined> {
    const known = await vouchers.get(cacheKey);
    if (known === undefined || known.usedAt !== null) return undefined;
    const used = await use();
    await vouchers.invalidate(cacheKey);
    return used;
  }
}
