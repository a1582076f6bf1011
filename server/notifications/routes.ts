import type { RequestHandler, Router } from 'express';
import { type NotificationPage, NotificationQuery } from '../../src/protocol/notifications.ts';
import { validate } from '../http/request/json-body.ts';
import { methodNotAllowed } from '../http/response/problem.ts';
import { respond } from '../http/response/respond.ts';
import { createRouter } from '../http/router.ts';
import type { NotificationStore } from './store.ts';

/** The endpoint with which users read what they were told. */
export function createNotificationRoutes(deps: {
  store: Pick<NotificationStore, 'list'>;
  authenticate: RequestHandler;
}): Router {
  const { store, authenticate } = deps;
  const router = createRouter();

  router
    .route('/notifications')
    .get(authenticate, async (req, res) => {
      const { after = '0', limit } = validate(NotificationQuery, req.query);
      const rows = await store.list(req.caller.userId, { after: Number(after), limit: limit + 1 });
      const page = rows.slice(0, limit);
      respond(res, 200, {
        notifications: page.map(({ notification }) => notification),
        cursor: String(page.at(-1)?.position ?? after),
        hasMore: rows.length > limit,
      } satisfies NotificationPage);
    })
    .all(methodNotAllowed);

  return router;
}
