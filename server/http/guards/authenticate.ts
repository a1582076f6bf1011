import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Role } from '../../../src/protocol/accounts.ts';
import { createGenerationalCache } from '../../platform/generational-cache.ts';
import type { Caller } from '../request/request.ts';
import { ProblemError, refuse } from '../response/problem.ts';

/** The content of a valid token. `expiresAtMs` is wall time. */
interface VerifiedToken {
  caller: Caller;
  sessionId: string;
  expiresAtMs: number;
  /** The `endings` of the sessions when this one was last known to be live. */
  liveAt?: number;
}

export type TokenCheck = VerifiedToken | { refused: string };

/** A token that was verified, and the header with which most clients send it. */
interface Remembered {
  header: string;
  token: VerifiedToken;
}

/**
 * Headers are looked up by their last characters, which are the end of a signature and as good as unique, and then compared:
 * a Map hashes all of its key at each look-up, and a header has hundreds of characters.
 */
const keyOf = (header: string): string => header.slice(-40);

/**
 * Lets a request pass if its bearer token is valid and the token's session is open, and sets `req.caller` and
 * `req.sessionId`.
 *
 * Checking a signature takes longer than all the rest of a reserve call, so a verified token is cached until it expires,
 * under the header that everybody sends. One token has one entry, however its header is written, and all entries together
 * have a limit in bytes. Only valid tokens are cached, so that junk cannot push them out. `sessions` usually knows from
 * memory that the session is open, and need not be asked again while no session ends; only when it does not know, the
 * request waits for an answer from Redis or the database.
 */
export function createAuthenticate(deps: {
  verify(token: string): TokenCheck;
  sessions: {
    endings(): number | undefined;
    isKnownLive(sessionId: string): boolean;
    isLive(sessionId: string): Promise<boolean>;
  };
  nowMs(): number;
  rememberedTokens?: number;
}): RequestHandler {
  const { sessions } = deps;
  const verified = createGenerationalCache<Remembered>(
    deps.rememberedTokens ?? 50_000,
    REMEMBERED_CHARACTERS,
    (_key, { header }) => header.length,
  );

  return (req, res, next) => {
    const authorization = req.headers.authorization;
    if (authorization === undefined) {
      refuseToken(res, 'Send a token as "Authorization: Bearer …".');
      return;
    }
    const token = remembered(authorization) ?? checkHeader(authorization);
    if ('refused' in token) {
      refuseToken(res, token.refused);
      return;
    }
    if (isKnownLive(token)) pass(req, next, token);
    else passIfLive(req, res, next, token);
  };

  function isKnownLive(token: VerifiedToken): boolean {
    const endings = sessions.endings();
    if (endings === undefined) return false;
    if (token.liveAt === endings) return true;
    if (!sessions.isKnownLive(token.sessionId)) return false;
    token.liveAt = endings;
    return true;
  }

  function passIfLive(req: Request, res: Response, next: NextFunction, token: VerifiedToken): void {
    sessions.isLive(token.sessionId).then(
      (isLive) => {
        if (isLive) pass(req, next, token);
        else refuseToken(res, 'The session has ended; log in again.');
      },
      (cause) => {
        const detail = 'Your session cannot be checked now; nothing was changed.';
        next(new ProblemError('UNAVAILABLE', detail, undefined, cause));
      },
    );
  }

  function remembered(header: string): VerifiedToken | undefined {
    const known = verified.get(keyOf(header));
    if (known === undefined || known.header !== header) return undefined;
    return known.token.expiresAtMs > deps.nowMs() ? known.token : undefined;
  }

  function checkHeader(authorization: string): TokenCheck {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (token === undefined)
      return { refused: 'The Authorization header is not "Bearer <token>".' };
    const usual = `Bearer ${token}`;
    const known = usual === authorization ? undefined : remembered(usual);
    if (known !== undefined) return known;
    const check = deps.verify(token);
    if (!('refused' in check)) verified.set(keyOf(usual), { header: usual, token: check });
    return check;
  }
}

/** The length of 50,000 headers with a token that is signed with a secret; one that is signed with RSA is twice as long. */
const REMEMBERED_CHARACTERS = 20_000_000;

function pass(req: Request, next: NextFunction, { caller, sessionId }: VerifiedToken): void {
  req.caller = caller;
  req.sessionId = sessionId;
  next();
}

function refuseToken(res: Response, detail: string): void {
  res.setHeader('www-authenticate', 'Bearer');
  refuse(res, 'UNAUTHENTICATED', detail);
}

/** Lets only callers with these roles pass. Must come after `authenticate`. */
export function requireRole(...roles: [Role, ...Role[]]): RequestHandler {
  return (req, res, next) => {
    const { role } = req.caller;
    if (roles.includes(role)) next();
    else
      refuse(
        res,
        'FORBIDDEN',
        `This needs the role ${roles.join(' or ')}; your token has ${role}.`,
      );
  };
}
