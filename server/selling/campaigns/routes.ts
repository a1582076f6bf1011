import type { Request, RequestHandler, Response, Router } from 'express';
import * as z from 'zod';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import {
  RegisterRequest,
  SeedCampaigns,
  type SeededCampaigns,
  UseVoucherRequest,
  type Voucher,
  type VoucherPage,
} from '../../../src/protocol/campaigns.ts';
import { CURSOR_MEANING, PageQuery } from '../../../src/protocol/paging.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { readJson, refuseRepeated, validate } from '../../http/request/json-body.ts';
import { cutPage, readPage } from '../../http/request/paging.ts';
import { noStore } from '../../http/response/no-store.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { Cache } from '../../platform/cache.ts';
import { describeRegistration, describeVoucher, refuseUse, type VoucherRow } from './campaign.ts';
import type { Register } from './register.ts';
import type { CampaignStore } from './store.ts';

/** Room for a thousand campaigns. The body is read after the check for the admin role. */
const SEED_LIMIT_BYTES = 1_000_000;

/** The cursor of a page of vouchers is the id of an order. */
export const VoucherPageQuery = PageQuery.extend({
  cursor: z.uuid().optional().describe(CURSOR_MEANING),
});

export function createCampaignRoutes(deps: {
  register: Register;
  store: CampaignStore;
  /** Vouchers by `userId:code`. */
  vouchers: Cache<Voucher>;
  putCampaigns(
    campaigns: SeedCampaigns['campaigns'],
  ): Promise<SeededCampaigns | { takenId: string }>;
  newId(): string;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  /** Called with the outcome of each registration after it is decided. */
  onDecided(outcome: string): void;
}): Router {
  const { register, store, vouchers, putCampaigns, newId, onDecided } = deps;
  const { authenticate, readJsonAndClaimKey } = deps;
  const router = createRouter();

  router
    .route('/api/v1/register')
    .post(noStore, authenticate, readJsonAndClaimKey, registerUser)
    .all(methodNotAllowed);
  router.route('/api/v1/vouchers').get(noStore, authenticate, listVouchers).all(methodNotAllowed);
  router
    .route('/api/v1/voucher/use')
    .post(noStore, authenticate, readJsonAndClaimKey, useVoucher)
    .all(methodNotAllowed);
  router
    .route('/api/v1/admin/campaigns')
    .put(authenticate, requireRole(ADMIN_ROLE), readJson(SEED_LIMIT_BYTES), seed)
    .all(methodNotAllowed);

  return router;

  async function registerUser(req: Request, res: Response): Promise<void> {
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
  }

  async function listVouchers(req: Request, res: Response): Promise<void> {
    const { limit, cursor } = readPage(req, VoucherPageQuery);
    const rows = await store.list(req.caller.userId, { limit: limit + 1, cursor });
    const { page, nextCursor } = cutPage(rows, limit, (row) => row.order_id);
    respond(res, 200, { vouchers: page.map(describeVoucher), nextCursor } satisfies VoucherPage);
  }

  async function useVoucher(req: Request, res: Response): Promise<void> {
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
  }

  /** Uses a voucher, unless the cache has it as used: that is final. Only the database knows that one can still be used. */
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
  async function seed(req: Request, res: Response): Promise<void> {
    const { campaigns } = validate(SeedCampaigns, req.body);
    refuseRepeated('campaigns', 'campaignId', campaigns);
    const put = await putCampaigns(campaigns);
    if ('takenId' in put) {
      const detail = `${put.takenId} is no campaign of this kind, but the id of another; choose another.`;
      refuse(res, 'SOLD_ANOTHER_WAY', detail);
    } else respond(res, 200, put satisfies SeededCampaigns);
  }
}
