import type { Request, RequestHandler, Response, Router } from 'express';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import { ORGANIZER_ROLE } from '../../../src/protocol/shows.ts';
import { NewTicketType, type TicketType, type TicketTypes } from '../../../src/protocol/tickets.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { validate } from '../../http/request/json-body.ts';
import { pathId } from '../../http/request/path-id.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond, respondCacheable } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { Cache } from '../../platform/cache.ts';
import { newTicketType } from './ticket.ts';
import { type InsertRefusal, type TicketTypeStore, TYPES_MAX } from './type-store.ts';

/** Time for which a CDN or browser may answer from its cache. */
const SHARED_FOR_SECONDS = 5;

const REFUSALS: Record<InsertRefusal, { code: ProblemCode; detail: string }> = {
  not_found: { code: 'NOT_FOUND', detail: 'You have no event with this id.' },
  cancelled: { code: 'EVENT_CANCELLED', detail: 'No tickets of a cancelled event are sold.' },
  too_many: {
    code: 'VALIDATION_FAILED',
    detail: `An event has at most ${TYPES_MAX} types of tickets.`,
  },
};

/** The routes of the tickets that a show has to sell. */
export function createTicketTypeRoutes(deps: {
  store: TicketTypeStore;
  /** The types of a show, by its id. */
  types: Cache<TicketType[]>;
  counts: Cache<{ sold: number; checkedIn: number }>;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  newId(): string;
}): Router {
  const { store, types, counts, authenticate, readJsonAndClaimKey, newId } = deps;
  const router = createRouter();

  router
    .route('/events/:id/ticket-types')
    .get(list)
    .post(authenticate, requireRole(ORGANIZER_ROLE), readJsonAndClaimKey, putOnSale)
    .all(methodNotAllowed);

  return router;

  async function list(req: Request<{ id: string }>, res: Response): Promise<void> {
    const showId = pathId(req.params.id);
    const ticketTypes = await types.get(showId);
    if (ticketTypes === undefined) {
      refuse(res, 'NOT_FOUND', 'There is no event with this id.');
      return;
    }
    const counted = (await counts.get(showId)) ?? { sold: 0, checkedIn: 0 };
    respondCacheable(res, { ticketTypes, ...counted } satisfies TicketTypes, SHARED_FOR_SECONDS);
  }

  async function putOnSale(req: Request<{ id: string }>, res: Response): Promise<void> {
    const details = validate(NewTicketType, req.body);
    const showId = pathId(req.params.id);
    const wanted = newTicketType(details, {
      ticketTypeId: req.claim?.effectId ?? newId(),
      showId,
    });
    const put = await store.insert(wanted, req.caller.userId);
    if (put.outcome === 'on_sale') {
      await types.invalidate(showId);
      respond(res, 201, put.type);
    } else {
      const { code, detail } = REFUSALS[put.outcome];
      refuse(res, code, detail);
    }
  }
}
