import type { Request, RequestHandler, Response, Router } from 'express';
import type { PoolClient } from 'pg';
import {
  NewShow,
  ORGANIZER_ROLE,
  type Show,
  ShowChange,
  ShowQuery,
} from '../../../src/protocol/shows.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { validate } from '../../http/request/json-body.ts';
import { pathId } from '../../http/request/path-id.ts';
import { methodNotAllowed, ProblemError, refuse } from '../../http/response/problem.ts';
import { respond, respondCacheable } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { ShowImageStore, WaitingImage } from './image-store.ts';
import type { ImageMedia, ShowImages } from './images.ts';
import type { Programme } from './programme.ts';
import { cancelShow, changeShow, newShow, type ShowRow } from './show.ts';
import type { ShowStore } from './store.ts';

/** Time for which a CDN or browser may answer from its cache, and show a show as it was before a change. */
const SHARED_FOR_SECONDS = 5;

export function createShowRoutes(deps: {
  store: ShowStore;
  programme: Programme;
  authenticate: RequestHandler;
  /** Read a JSON body in which there may be an image. */
  readUpload: RequestHandler;
  readUploadAndClaimKey: RequestHandler;
  media: ImageMedia;
  imageStore: Pick<ShowImageStore, 'add' | 'drop'>;
  images: ShowImages;
  describe(row: ShowRow): Show;
  /** Ends the sale of a show's tickets in the transaction that cancels it; false when somebody is in already. */
  endSale(tx: PoolClient, showId: string): Promise<boolean>;
  /** Called after a cancellation was committed. */
  onCancelled(showId: string): Promise<void>;
  newId(): string;
  nowMs(): number;
}): Router {
  const { store, programme, endSale, onCancelled, newId, nowMs } = deps;
  const { authenticate, readUpload, readUploadAndClaimKey } = deps;
  const { media, imageStore, images, describe } = deps;
  const isOrganizer = requireRole(ORGANIZER_ROLE);
  const router = createRouter();

  router
    .route('/events')
    .get(list)
    .post(authenticate, isOrganizer, readUploadAndClaimKey, putUp)
    .all(methodNotAllowed);
  router
    .route('/events/:id')
    .get(read)
    .patch(authenticate, isOrganizer, readUpload, change)
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
    const { image, ...details } = validate(NewShow, req.body);
    const showId = req.claim?.effectId ?? newId();
    const organizerId = req.caller.userId;
    const waiting = image === undefined ? undefined : await readImage(req, showId, image);
    const show = newShow(details, { showId, organizerId, nowMs: nowMs() });
    const { row, isNew } = await store.insert(show, waiting);
    const isShown = isNew && waiting !== undefined && (await images.bring(waiting));
    respond(res, 201, describe(isShown ? { ...row, image_id: waiting.imageId } : row));
  }

  async function change(req: Request<{ id: string }>, res: Response): Promise<void> {
    const { image, ...wanted } = validate(ShowChange, req.body);
    const showId = pathId(req.params.id);
    const waiting = typeof image === 'string' ? await readImage(req, showId, image) : undefined;
    const change = async (show: ShowRow, tx: PoolClient) => {
      const changed = changeShow(show, wanted);
      if ('code' in changed || image === undefined) return changed;
      if (waiting !== undefined) {
        await imageStore.add(tx, waiting);
        return changed;
      }
      await imageStore.drop(tx, showId);
      return { ...changed, image_id: null };
    };
    await update(req, res, change, waiting);
  }

  /** @throws ProblemError for a file that is no image, or when too many images are on their way */
  async function readImage(req: Request, showId: string, base64: string): Promise<WaitingImage> {
    const prepared = await media.prepare(base64, req.caller.userId);
    switch (prepared.outcome) {
      case 'refused':
        throw new ProblemError('VALIDATION_FAILED', 'The image is not taken.', {
          errors: [{ path: 'image', message: prepared.why }],
        });
      case 'busy':
        req.res?.setHeader('retry-after', Math.ceil(prepared.retryAfterMs / 1000));
        throw new ProblemError('UNAVAILABLE', 'Too many images wait; nothing was changed.');
      case 'done':
        return { imageId: newId(), showId, content: prepared.image.bytes };
    }
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
    waiting?: WaitingImage,
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
      const isShown = waiting !== undefined && (await images.bring(waiting));
      respond(res, 200, describe(isShown ? { ...decided, image_id: waiting.imageId } : decided));
    }
  }
}
