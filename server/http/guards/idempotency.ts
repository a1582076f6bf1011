import { createHash } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { IDEMPOTENCY_KEY_HEADER } from '../../../src/protocol/headers.ts';
import type { Claim } from '../request/request.ts';
import { routeOf } from '../request/route.ts';
import { ProblemError, refuse } from '../response/problem.ts';
import { send } from '../response/respond.ts';
import type { IdempotencyStore, KeyedRequest, RecordedAnswer } from './idempotency-store.ts';

/**
 * Answers requests that carry the same `Idempotency-Key` as one: the first is worked on, the others get its answer.
 *
 * 1. The key is claimed before anything happens, with an id for what the request is going to make (`effectId`).
 * 2. The handler gives that id to what it makes, so the effect commits under the key's name or not at all.
 * 3. The answer is put on record before it is sent. Refusals too: what was refused once stays refused under its key.
 *
 * A process that dies before 3 leaves a claim without an answer. When its lease is over the next call with the key
 * takes it, with the same `effectId` and `isRepeated`: its handler looks first whether the effect is there. A call that
 * is slower than its lease cannot put an answer on record any more, so no two answers go out.
 *
 * What may turn out otherwise the next time (`retryable`, faults) is not put on record but ends the claim.
 */
export function createIdempotency(deps: { store: IdempotencyStore; newId(): string }): {
  claimKey: RequestHandler;
  claimKeyAfter(read: RequestHandler): RequestHandler;
} {
  const { store, newId } = deps;

  /** For routes without a body. Stands behind `authenticate`: keys are their users' own. */
  const claimKey: RequestHandler = (req, res, next) => {
    if (req.headers[IDEMPOTENCY_KEY_HEADER] === undefined) next();
    else claim(req, res, next).catch(next);
  };

  async function claim(req: Request, res: Response, next: NextFunction): Promise<void> {
    const request = readRequest(req);
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
        : // Should even that fail, the lease ends by itself.
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
      throw new Error('the request took longer than its claim on the key; another one has it now');
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

/** As the draft of the header field has it, a string in quotes; most clients send it without them. */
const KEY = /^(?:"([\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/;

function readRequest(req: Request): KeyedRequest {
  const match = KEY.exec(req.headers[IDEMPOTENCY_KEY_HEADER] as string);
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
