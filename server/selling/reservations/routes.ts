import { type RequestHandler, Router } from 'express';
import { ReserveRequest } from '../../../src/protocol/reservations.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { validate } from '../../http/request/json-body.ts';
import { pathId } from '../../http/request/path-id.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import {
  describeHold,
  describeReservation,
  HOLD_REFUSALS,
  RELEASE_REFUSALS,
} from './reservation.ts';
import type { ReservationStore } from './store.ts';

export function createReservationRoutes(deps: {
  ledger: StockLedger;
  store: ReservationStore;
  newId(): string;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  /** Told the outcome of each reserve call once the ledger has decided it. */
  onDecided(outcome: string): void;
}): Router {
  const { ledger, store, newId, authenticate, readJsonAndClaimKey, onDecided } = deps;
  const router = Router();

  // The hot path of a sale: one call of the ledger, and nothing else that waits.
  router
    .route('/api/v1/reservations')
    .post(authenticate, readJsonAndClaimKey, async (req, res) => {
      const { skuId, quantity } = validate(ReserveRequest, req.body);
      const { userId } = req.caller;
      const holdId = req.claim?.effectId ?? newId();
      const made = req.claim?.isRepeated ? await store.findMade(holdId) : undefined;
      if (made !== undefined) {
        respond(res, 201, describeHold(made.hold, made.sequence));
        return;
      }
      const decided = await ledger.hold({
        holdId,
        userId,
        skuId,
        quantity,
        callId: callIdOf(req),
      });
      onDecided(decided.outcome);
      if (decided.outcome === 'held') {
        respond(res, 201, describeHold(decided.hold, decided.sequence));
        return;
      }
      const { code, detail } = HOLD_REFUSALS[decided.outcome];
      refuse(res, code, detail, 'sequence' in decided ? { sequence: decided.sequence } : undefined);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/reservations/:id')
    .get(authenticate, async (req, res) => {
      const row = await store.find(pathId(req.params.id), req.caller.userId);
      if (row !== undefined) respond(res, 200, describeReservation(row));
      else refuse(res, 'NOT_FOUND', RELEASE_REFUSALS.not_found.detail);
    })
    .delete(authenticate, async (req, res) => {
      const { userId } = req.caller;
      const row = await store.find(pathId(req.params.id), userId);
      if (row === undefined) {
        refuse(res, 'NOT_FOUND', RELEASE_REFUSALS.not_found.detail);
        return;
      }
      const released = await ledger.release({
        holdId: row.reservation_id,
        userId,
        skuId: row.sku_id,
      });
      if (released.outcome !== 'released') {
        const { code, detail } = RELEASE_REFUSALS[released.outcome];
        refuse(res, code, detail);
        return;
      }
      const reservation = describeReservation({ ...row, status: 'CANCELLED' });
      respond(res, 200, { ...reservation, sequence: released.sequence });
    })
    .all(methodNotAllowed);

  return router;
}
