import type { Request, RequestHandler, Response, Router } from 'express';
import { ADMIN_ROLE } from '../../src/protocol/admin.ts';
import {
  DIFFERENCES_MAX,
  type MetricsAnswer,
  MetricsQuery,
  RECOUNT_DAYS_MAX,
  type Recounted,
  RecountRequest,
  type Tracked,
  TrackRequest,
} from '../../src/protocol/analytics.ts';
import { ORGANIZER_ROLE } from '../../src/protocol/shows.ts';
import { requireRole } from '../http/guards/authenticate.ts';
import { callIdOf } from '../http/request/call-id.ts';
import { refuseRepeated, validate } from '../http/request/json-body.ts';
import { methodNotAllowed, refuse } from '../http/response/problem.ts';
import { respond } from '../http/response/respond.ts';
import { createRouter } from '../http/router.ts';
import type { Cache } from '../platform/cache.ts';
import type { Collector } from './collector.ts';
import { planCounts } from './metrics-query.ts';
import type { TrackStore } from './store.ts';
import { rowOf, wrongTimes } from './track.ts';

/** A client that finds no room for its tracks may try again after this time. */
const RETRY_AFTER_SECONDS = 1;
const DAY_MS = 86_400_000;

export function createAnalyticsRoutes(deps: {
  collector: Collector;
  store: TrackStore;
  /** The answers to queries, by the query as JSON. */
  answers: Cache<MetricsAnswer>;
  lateMsMax: number;
  authenticate: RequestHandler;
  readJson: RequestHandler;
  onTracked(outcome: 'stored' | 'repeated' | 'refused', tracks: number): void;
  nowMs(): number;
}): Router {
  const { collector, store, answers, lateMsMax, authenticate, readJson, onTracked, nowMs } = deps;
  const router = createRouter();

  router.route('/analytics/track').post(authenticate, readJson, track).all(methodNotAllowed);
  router
    .route('/analytics/metrics')
    .get(authenticate, requireRole(ORGANIZER_ROLE, ADMIN_ROLE), showMetrics)
    .all(methodNotAllowed);
  router
    .route('/api/v1/admin/analytics/recount')
    .post(authenticate, requireRole(ADMIN_ROLE), readJson, recount)
    .all(methodNotAllowed);

  return router;

  async function track(req: Request, res: Response): Promise<void> {
    const { events } = validate(TrackRequest, req.body);
    refuseRepeated('events', 'eventId', events);
    const errors = wrongTimes(events, { nowMs: nowMs(), lateMsMax });
    if (errors.length > 0) {
      refuse(res, 'VALIDATION_FAILED', 'An event is in the future, or too long ago.', { errors });
      return;
    }
    const collected = await collector.collect({
      userId: req.caller.userId,
      callId: callIdOf(req),
      tracks: events.map(rowOf),
    });
    switch (collected.outcome) {
      case 'stored': {
        const repeated = events.length - collected.fresh;
        onTracked('stored', collected.fresh);
        onTracked('repeated', repeated);
        respond(res, repeated === 0 ? 202 : 200, {
          events: events.length,
          repeated,
        } satisfies Tracked);
        break;
      }
      case 'unknown_sku':
        refuse(res, 'UNKNOWN_SKU', `There is no product ${collected.skuId}; nothing was stored.`);
        break;
      case 'full':
        onTracked('refused', events.length);
        res.setHeader('retry-after', RETRY_AFTER_SECONDS);
        refuse(res, 'UNAVAILABLE', 'Too many events wait to be stored; nothing was stored.');
    }
  }

  async function showMetrics(req: Request, res: Response): Promise<void> {
    const { role, userId } = req.caller;
    const organizerId = role === ADMIN_ROLE ? undefined : userId;
    const planned = planCounts(validate(MetricsQuery, req.query), organizerId);
    if ('errors' in planned) {
      refuse(res, 'VALIDATION_FAILED', 'There are no such buckets.', planned);
      return;
    }
    respond(res, 200, await answers.get(JSON.stringify(planned)));
  }

  async function recount(req: Request, res: Response): Promise<void> {
    const { from, to } = validate(RecountRequest, req.body);
    const days = daysBetween(from, to);
    if (days.length === 0 || days.length > RECOUNT_DAYS_MAX) {
      const message = `must be from, or at most ${RECOUNT_DAYS_MAX - 1} days later`;
      const errors = [{ path: 'to', message }];
      refuse(res, 'VALIDATION_FAILED', 'These are too many days, or none.', { errors });
      return;
    }
    const answer: Recounted = { days: 0, corrected: 0, differences: [] };
    for (const day of days) {
      const recounted = await store.recount(day, DIFFERENCES_MAX - answer.differences.length);
      if (recounted === undefined) continue;
      answer.days += 1;
      answer.corrected += recounted.corrected;
      answer.differences.push(...recounted.shown);
    }
    respond(res, 200, answer);
  }
}

/** The days from one to another, both included; none more than can be counted anew in one call, and one. */
function daysBetween(from: string, to: string): string[] {
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  return Array.from({ length: Math.min(Math.max(0, count), RECOUNT_DAYS_MAX + 1) }, (_, place) =>
    new Date(Date.parse(from) + place * DAY_MS).toISOString().slice(0, 10),
  );
}
