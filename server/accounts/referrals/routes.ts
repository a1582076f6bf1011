import type { RequestHandler, Router } from 'express';
import { noStore } from '../../http/response/no-store.ts';
import { methodNotAllowed } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { ReferralStore } from './store.ts';

/** The endpoint with which users read their referral code. */
export function createReferralRoutes(deps: {
  store: Pick<ReferralStore, 'of'>;
  authenticate: RequestHandler;
}): Router {
  const { store, authenticate } = deps;
  const router = createRouter();

  router
    .route('/referrals')
    .get(noStore, authenticate, async (req, res) => {
      respond(res, 200, await store.of(req.caller.userId));
    })
    .all(methodNotAllowed);

  return router;
}
