import type { RequestHandler, Router } from 'express';
import {
  type NotificationPage,
  NotificationQuery,
  StreamQuery,
  type StreamTicket,
} from '../../src/protocol/notifications.ts';
import { validate } from '../http/request/json-body.ts';
import { noStore } from '../http/response/no-store.ts';
import { methodNotAllowed, ProblemError, refuse } from '../http/response/problem.ts';
import { respond } from '../http/response/respond.ts';
import { createRouter } from '../http/router.ts';
import type { NotificationStore } from './store.ts';
import { type Identify, STREAM_PATH } from './stream/door.ts';
import type { StreamTickets } from './stream/tickets.ts';

/** The endpoints with which users read what they were told, and ask for a ticket of the stream. */
export function createNotificationRoutes(deps: {
  store: Pick<NotificationStore, 'list'>;
  tickets: Pick<StreamTickets, 'create' | 'ttlSeconds'>;
  identify: Identify;
  authenticate: RequestHandler;
}): Router {
  const { store, tickets, identify, authenticate } = deps;
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

  router
    .route('/notifications/tickets')
    .post(noStore, authenticate, async (req, res) => {
      const token = req.headers.authorization?.replace(/^bearer +/i, '') ?? '';
      const holder = await identify(token);
      if (holder === undefined) {
        throw new ProblemError('UNAUTHENTICATED', 'The session has ended; log in again.');
      }
      const ticket = await tickets.create(holder);
      respond(res, 201, { ticket, expiresIn: tickets.ttlSeconds } satisfies StreamTicket);
    })
    .all(methodNotAllowed);

  router
    .route(STREAM_PATH)
    .get(authenticate, (req, res) => {
      validate(StreamQuery, req.query);
      res.setHeader('upgrade', 'websocket');
      refuse(res, 'UPGRADE_REQUIRED', 'Open a WebSocket here.');
    })
    .all(methodNotAllowed);

  return router;
}
