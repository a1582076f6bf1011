import type { RequestHandler, Response } from 'express';
import type { Role } from '../../src/protocol/accounts.ts';
import { refuse } from './problem.ts';
import type { Caller } from './request.ts';
import { createGenerations } from './token-cache.ts';

/** What a token turned out to be. `expiresAtMs` is wall time. */
export type TokenCheck = { caller: Caller; expiresAtMs: number } | { refused: string };

/**
 * Lets a request pass if its bearer token is valid, and puts who it is into `req.caller`.
 *
 * Checking a signature takes longer than all the rest of a reserve call, so what was verified once is remembered with
 * its expiry. Only valid tokens are remembered: junk cannot push them out.
 */
export function createAuthenticate(deps: {
  verify(token: string): TokenCheck;
  nowMs(): number;
  rememberedTokens?: number;
}): RequestHandler {
  const verified = createGenerations<{ caller: Caller; expiresAtMs: number }>(
    deps.rememberedTokens ?? 50_000,
  );

  return (req, res, next) => {
    const authorization = req.headers.authorization;
    if (authorization === undefined) {
      refuseToken(res, 'Send a token as "Authorization: Bearer …".');
      return;
    }
    const known = verified.get(authorization);
    if (known !== undefined && known.expiresAtMs > deps.nowMs()) {
      req.caller = known.caller;
      next();
      return;
    }
    const check = checkHeader(authorization);
    if ('refused' in check) {
      refuseToken(res, check.refused);
      return;
    }
    verified.set(authorization, check);
    req.caller = check.caller;
    next();
  };

  function checkHeader(authorization: string): TokenCheck {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (token === undefined)
      return { refused: 'The Authorization header is not "Bearer <token>".' };
    return deps.verify(token);
  }
}

function refuseToken(res: Response, detail: string): void {
  res.setHeader('www-authenticate', 'Bearer');
  refuse(res, 'UNAUTHENTICATED', detail);
}

/** Lets only callers of this role pass. Stands behind `authenticate`. */
export function requireRole(role: Role): RequestHandler {
  return (req, res, next) => {
    if (req.caller.role === role) next();
    else
      refuse(res, 'FORBIDDEN', `This needs the role ${role}; your token has ${req.caller.role}.`);
  };
}
