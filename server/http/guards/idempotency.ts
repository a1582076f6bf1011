import { createHash } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { IDEMPOTENCY_KEY_FORM, IDEMPOTENCY_KEY_HEADER } from '../../../src/protocol/headers.ts';
import { callIdOf } from '../request/call-id.ts';
import type { Claim } from '../request/request.ts';
import { routeOf } from '../request/route.ts';
import { ProblemError, refuse } from '../response/problem.ts';
import { send } from '../response/respond.ts';
import type { IdempotencyStore, KeyedRequest, RecordedAnswer } from './idempotency-store.ts';

/**
 * Treats requests with the same `Idempotency-Key` as one: the first is handled, the others get its answer.
 *
 * 1. The key is claimed before anything else, together with an id for the effect of the request (`effectId`).
 * 2. The handler gives that id to the reservation or order that it makes. So key and effect are connected by one commit.
 * 3. The answer is stored before it is sent. A refusal is stored, too: under its key it stays a refusal.
 *
 * A process that dies before step 3 leaves a claim without an answer. When the lease of that claim has expired, the next
 * request with the key claims it with the same `effectId` and `isRepeated`, and its handler first looks for the effect. A
 * request that takes longer than its lease can no longer store its answer and sends none, so no two answers are sent.
 *
 * An answer that may be another one next time (`retryable` problems, faults) is not stored; it ends the claim.
 */
export function createIdempotency(deps: {
  store: IdempotencyStore;
  newId(): string;
  /** Routes that read the id of the call, as `POST /path`. */
  callIdRoutes: ReadonlySet<string>;
}): {
  claimKey: RequestHandler;
  claimKeyAfter(read: RequestHandler): RequestHandler;
} {
  const { store, newId, callIdRoutes } = deps;

  /** For routes without a body. Must come after `authenticate`, because each user has keys of their own. */
  const claimKey: RequestHandler = (req, res, next) => {
    if (req.headers[IDEMPOTENCY_KEY_HEADER] === undefined) next();
    else claim(req, res, next).catch(next);
  };

  async function claim(req: Request, res: Response, next: NextFunction): Promise<void> {
    const request = readRequest(req);
    // A malformed id is refused under any key: an answer that is replayed would hide it.
    if (callIdRoutes.has(request.route)) callIdOf(req);
    const offeredId = newId();
    const claimed = await store.claim(request, offeredId);
    switch (claimed.outcome) {
      case 'answered':
        replay(res, claimed.answer);
        break;
      case 'reused':
        refuse(res, 'IDEMPOTENCY_KEY_REUSED', 'Another request was sent under this key before.');
        break;
      case 'in_flight':
        res.setHeader('retry-after', '1');
        refuse(res, 'IDEMPOTENCY_IN_FLIGHT', 'Its answer will be there when you ask again.');
        break;
      case 'claimed':
        req.claim = {
          effectId: claimed.effectId,
          isRepeated: claimed.effectId !== offeredId,
          settle: createSettle(req, next, request, claimed.claims),
        };
        next();
    }
  }

  function createSettle(
    req: Request,
    next: NextFunction,
    request: KeyedRequest,
    claims: number,
  ): Claim['settle'] {
    return ({ status, body, isFinal }, sendIt) => {
      req.claim = undefined;
      const settled = isFinal
        ? record(request, claims, { status, body })
        : // If this fails, too, the lease still expires by itself.
          store.giveUp(request, claims).catch(() => {});
      settled.then(sendIt).catch(next);
    };
  }

  async function record(
    request: KeyedRequest,
    claims: number,
    answer: RecordedAnswer,
  ): Promise<void> {
    if (!(await store.record(request, claims, answer))) {
      throw new Error(
        'the request took longer than its lease, and another one has claimed its key',
      );
    }
  }

  return {
    claimKey,
    claimKeyAfter: (read) => (req, res, next) =>
      read(req, res, (error?: unknown) => {
        if (error === undefined) claimKey(req, res, next);
        else next(error);
      }),
  };
}

function replay(res: Response, { status, body }: RecordedAnswer): void {
  res.setHeader('idempotency-replayed', 'true');
  send(res, status, status < 400 ? 'application/json' : 'application/problem+json', body);
}

function readRequest(req: Request): KeyedRequest {
  const match = IDEMPOTENCY_KEY_FORM.exec(req.headers[IDEMPOTENCY_KEY_HEADER] as string);
  if (match === null) {
    throw new ProblemError('VALIDATION_FAILED', 'The request was not understood.', {
      errors: [{ path: IDEMPOTENCY_KEY_HEADER, message: '1 to 255 visible ASCII characters' }],
    });
  }
  return {
    userId: req.caller.userId,
    route: `${req.method} ${routeOf(req)}`,
    key: (match[1] ?? match[2]) as string,
    requestHash: createHash('sha256')
      .update(JSON.stringify([req.params, req.body]))
      .digest(),
  };
}
