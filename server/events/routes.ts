import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { ADMIN_ROLE } from '../../src/protocol/admin.ts';
import {
  type DeadLetter,
  type DeadLetterPage,
  DeadLetterQuery,
  type ReplayAnswer,
  ReplayRequest,
} from '../../src/protocol/dead-letters.ts';
import { requireRole } from '../http/guards/authenticate.ts';
import { validate } from '../http/request/json-body.ts';
import { cutPage } from '../http/request/paging.ts';
import { methodNotAllowed } from '../http/response/problem.ts';
import { respond } from '../http/response/respond.ts';
import { createRouter } from '../http/router.ts';
import { type DeadLetterPlace, listDeadLetters, requestReplay } from './dead-letters.ts';

/** The endpoints that list and replay dead letters, for the admin role. */
export function createDeadLetterRoutes(deps: {
  pool: Pool;
  authenticate: RequestHandler;
  readJson: RequestHandler;
}): Router {
  const { pool, authenticate, readJson } = deps;
  const adminOnly = requireRole(ADMIN_ROLE);
  const router = createRouter();

  router
    .route('/api/v1/admin/dead-letters')
    .get(authenticate, adminOnly, async (req, res) => {
      const { limit, cursor, group } = validate(DeadLetterQuery, req.query);
      const after = cursor === undefined ? undefined : readCursor(cursor);
      const found = await listDeadLetters(pool, { group, after, limit: limit + 1 });
      const { page, nextCursor } = cutPage(found, limit, writeCursor);
      respond(res, 200, { deadLetters: page, nextCursor } satisfies DeadLetterPage);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/dead-letters/replay')
    .post(authenticate, adminOnly, readJson, async (req, res) => {
      const toBeReplayed = await requestReplay(pool, validate(ReplayRequest, req.body));
      respond(res, 202, { toBeReplayed } satisfies ReplayAnswer);
    })
    .all(methodNotAllowed);

  return router;
}

/** The cursor of a page of dead letters has the place of its last one. */
const writeCursor = ({ occurredAt, eventId, group }: DeadLetter): string =>
  `${Date.parse(occurredAt)},${eventId},${group}`;

function readCursor(cursor: string): DeadLetterPlace {
  const [occurredAtMs, eventId = '', group = ''] = cursor.split(',');
  return { occurredAtMs: Number(occurredAtMs), eventId, group };
}
