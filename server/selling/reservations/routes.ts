import type { Request, RequestHandler, Response, Router } from 'express';
import { ReserveRequest } from '../../../src/protocol/reservations.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { validate } from '../../http/request/json-body.ts';
import { pathId } from '../../http/request/path-id.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import { createGenerationalCache } from '../../platform/generational-cache.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import {
  describeHold,
  describeReservation,
  HOLD_REFUSALS,
  RELEASE_REFUSALS,
} from './reservation.ts';
import type { ReservationStore } from './store.ts';

const BODIES_REMEMBERED = 1000;

export function createReservationRoutes(deps: {
  ledger: StockLedger;
  store: ReservationStore;
  newId(): string;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  /** Called with the outcome of each reserve call after the ledger has decided it. */
  onDecided(outcome: string): void;
}): Router {
  const { ledger, store, newId, authenticate, readJsonAndClaimKey, onDecided } = deps;
  const router = createRouter();
  const known = createGenerationalCache<ReserveRequest>(BODIES_REMEMBERED);

  router
    .route('/api/v1/reservations')
    .post(authenticate, readJsonAndClaimKey, reserve)
    .all(methodNotAllowed);
  router
    .route('/api/v1/reservations/:id')
    .get(authenticate, read)
    .delete(authenticate, release)
    .all(methodNotAllowed);

  return router;

  /** A sale has few different bodies, and each is checked with the schema once. */
  function readRequest({ bodyText, body }: Request): ReserveRequest {
    let request = known.get(bodyText);
    if (request === undefined) {
      request = validate(ReserveRequest, body);
      known.set(bodyText, request);
    }
    return request;
  }

  /** Holds units. This is the hot path of a sale: it waits for one call of the ledger and for nothing else. */
  async function reserve(req: Request, res: Response): Promise<void> {
    const { skuId, quantity } = readRequest(req);
    const { userId } = req.caller;
    const holdId = req.claim?.effectId ?? newId();
    const made = req.claim?.isRepeated ? await store.findMade(holdId) : undefined;
    if (made !== undefined) {
      respond(res, 201, describeHold(made.hold, made.sequence));
      return;
    }
    const decided = await ledger.hold({ holdId, userId, skuId, quantity, callId: callIdOf(req) });
    onDecided(decided.outcome);
    if (decided.outcome === 'held') {
      respond(res, 201, describeHold(decided.hold, decided.sequence));
      return;
    }
    const { code, detail } = HOLD_REFUSALS[decided.outcome];
    refuse(res, code, detail, 'sequence' in decided ? { sequence: decided.sequence } : undefined);
  }

  async function read(req: Request<{ id: string }>, res: Response): Promise<void> {
    const row = await store.find(pathId(req.params.id), req.caller.userId);
    if (row !== undefined) respond(res, 200, describeReservation(row));
    else refuse(res, 'NOT_FOUND', RELEASE_REFUSALS.not_found.detail);
  }

  /** Gives the units of a hold back. */
  async function release(req: Request<{ id: string }>, res: Response): Promise<void> {
    const { userId } = req.caller;
    const row = await store.find(pathId(req.params.id), userId);
    if (row === undefined) {
      refuse(res, 'NOT_FOUND', RELEASE_REFUSALS.not_found.detail);
      return;
    }
    const { reservation_id: holdId, sku_id: skuId, basket_id: basketId } = row;
    if (basketId !== null) {
      refuse(
        res,
        'PART_OF_BASKET',
        `Its lines are released together: DELETE /api/v1/baskets/${basketId}.`,
      );
      return;
    }
    const released = await ledger.release({ holdId, userId, skuId });
    if (released.outcome !== 'released') {
      const { code, detail } = RELEASE_REFUSALS[released.outcome];
      refuse(res, code, detail);
      return;
    }
    const reservation = describeReservation({ ...row, status: 'CANCELLED' });
    respond(res, 200, { ...reservation, sequence: released.sequence });
  }
}
