import type { Request, RequestHandler, Response, Router } from 'express';
import type { PoolClient } from 'pg';
import { NewShow, ORGANIZER_ROLE, ShowChange, ShowQuery } from '../../../src/protocol/shows.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { validate } from '../../http/request/json-body.ts';
import { pathId } from '../../http/request/path-id.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond, respondCacheable } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { Programme } from './programme.ts';
import { cancelShow, changeShow, describeShow, newShow } from './show.ts';
import type { ShowStore } from './store.ts';

/** Time for which a CDN or browser may answer from its cache, and show a show as it was before a change. */
const SHARED_FOR_SECONDS = 5;

export function createShowRoutes(deps: {
  store: ShowStore;
  programme: Programme;
  authenticate: RequestHandler;
  readJson: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  /** Ends the sale of a show's tickets in the transaction that cancels it; false when somebody is in already. */
  endSale(tx: PoolClient, showId: string): Promise<boolean>;
  /** Called after a cancellation was committed. */
  onCancelled(showId: string): Promise<void>;
  newId(): string;
  nowMs(): number;
}): Router {
  const { store, programme, endSale, onCancelled, newId, nowMs } = deps;
  const { authenticate, readJson, readJsonAndClaimKey } = deps;
  const isOrganizer = requireRole(ORGANIZER_ROLE);
  const router = createRouter();

  router
    .route('/events')
    .get(list)
    .post(authenticate, isOrganizer, readJsonAndClaimKey, putUp)
    .all(methodNotAllowed);
  router
    .route('/events/:id')
    .get(read)
    .patch(authenticate, isOrganizer, readJson, change)
    .all(methodNotAllowed);
  router.route('/events/:id/cancel').post(authenticate, isOrganizer, cancel).all(methodNotAllowed);

  return router;

  async function list(req: Request, res: Response): Promise<void> {
    const page = await programme.list(validate(ShowQuery, req.query));
    respondCacheable(res, page, SHARED_FOR_SECONDS);
  }

  async function read(req: Request<{ id: string }>, res: Response): Promise<void> {
    const show = await programme.find(pathId(req.params.id));
    if (show === undefined) refuse(res, 'NOT_FOUND', 'There is no event with this id.');
    else respondCacheable(res, show, SHARED_FOR_SECONDS);
  }

  async function putUp(req: Request, res: Response): Promise<void> {
    const details = validate(NewShow, req.body);
    const showId = req.claim?.effectId ?? newId();
    const organizerId = req.caller.userId;
    const show = newShow(details, { showId, organizerId, nowMs: nowMs() });
    respond(res, 201, describeShow(await store.insert(show)));
  }

  async function change(req: Request<{ id: string }>, res: Response): Promise<void> {
    const wanted = validate(ShowChange, req.body);
    await update(req, res, (show) => changeShow(show, wanted));
  }

  async function cancel(req: Request<{ id: string }>, res: Response): Promise<void> {
    await update(req, res, async (show, tx) => {
      const cancelled = cancelShow(show, nowMs());
      if (cancelled === show || (await endSale(tx, show.show_id))) return cancelled;
      return { code: 'EVENT_NOT_CANCELLABLE', detail: 'It has begun: somebody is in already.' };
    });
  }

  async function update(
    req: Request<{ id: string }>,
    res: Response,
    decide: Parameters<ShowStore['update']>[1],
  ): Promise<void> {
    const own = { showId: pathId(req.params.id), organizerId: req.caller.userId };
    const decided = await store.update(own, decide);
    if (decided === undefined) {
      refuse(res, 'NOT_FOUND', 'You have no event with this id.');
    } else if ('code' in decided) {
      const { code, detail, errors } = decided;
      refuse(res, code, detail, errors && { errors });
    } else {
      await programme.forget(own.showId);
      if (decided.cancelled_at !== null) await onCancelled(own.showId);
      respond(res, 200, describeShow(decided));
    }
  }
}
