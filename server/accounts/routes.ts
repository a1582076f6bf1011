import type { Request, RequestHandler, Response, Router } from 'express';
import {
  Credentials,
  type OpenSessions,
  PutRole,
  RefreshRequest,
  Registration,
  type RolePut,
  type Session,
  type SessionsEnded,
} from '../../src/protocol/accounts.ts';
import { requireRole } from '../http/guards/authenticate.ts';
import { networkOf } from '../http/guards/rate-limit.ts';
import { validate } from '../http/request/json-body.ts';
import { pathId } from '../http/request/path-id.ts';
import { noStore } from '../http/response/no-store.ts';
import { methodNotAllowed, refuse } from '../http/response/problem.ts';
import { respond } from '../http/response/respond.ts';
import { createRouter } from '../http/router.ts';
import type { Accounts, Client } from './accounts.ts';

/** The paths of an endpoint: each is published under two. */
export const at = (name: string): string[] => [`/api/auth/${name}`, `/auth/${name}`];
export const REGISTER = [...at('register'), '/register'];
export const LOGIN = [...at('login'), '/login'];

export function createAccountRoutes(deps: {
  accounts: Accounts;
  jwks: object;
  authenticate: RequestHandler;
  readJson: RequestHandler;
  limitRegistrations?: RequestHandler;
}): Router {
  const { accounts, authenticate, readJson, limitRegistrations } = deps;
  const beforeRegistering = limitRegistrations === undefined ? [] : [limitRegistrations];
  const router = createRouter();

  router
    .route('/.well-known/jwks.json')
    .get((_req, res) => {
      res.setHeader('cache-control', 'public, max-age=300');
      respond(res, 200, deps.jwks);
    })
    .all(methodNotAllowed);

  router
    .route(REGISTER)
    .post(...beforeRegistering, noStore, readJson, async (req, res) => {
      const registered = await accounts.register(validate(Registration, req.body), clientOf(req));
      switch (registered.outcome) {
        case 'registered':
          respond(res, 201, registered.session);
          break;
        case 'username_taken':
          refuse(res, 'USERNAME_TAKEN', 'Choose another username.');
          break;
        case 'wrong_code':
          refuse(res, 'WRONG_CODE', 'Nobody has this referral code; register without it.');
          break;
        case 'busy':
          refuseBusy(res, registered.retryAfterMs);
          break;
        case 'gone':
          break;
      }
    })
    .all(methodNotAllowed);

  router
    .route(LOGIN)
    .post(noStore, readJson, async (req, res) => {
      const login = await accounts.logIn(validate(Credentials, req.body), clientOf(req));
      switch (login.outcome) {
        case 'logged_in':
          respond(res, 200, login.session);
          break;
        case 'invalid_credentials':
          refuse(res, 'INVALID_CREDENTIALS', 'No user has this username and password.');
          break;
        case 'too_many_attempts':
          res.setHeader('retry-after', Math.ceil(login.retryAfterMs / 1000));
          refuse(res, 'TOO_MANY_ATTEMPTS', 'Wait for the time in Retry-After.');
          break;
        case 'busy':
          refuseBusy(res, login.retryAfterMs);
          break;
        case 'gone':
          break;
      }
    })
    .all(methodNotAllowed);

  router
    .route(at('refresh'))
    .post(noStore, readJson, async (req, res) => {
      const { refreshToken } = validate(RefreshRequest, req.body);
      const session: Session | undefined = await accounts.refresh(refreshToken);
      if (session !== undefined) respond(res, 200, session);
      else refuse(res, 'INVALID_REFRESH_TOKEN', 'Log in again.');
    })
    .all(methodNotAllowed);

  router
    .route(at('logout'))
    .post(authenticate, async (req, res) => {
      respondEnded(res, await accounts.endSessions({ sessionId: req.sessionId }));
    })
    .all(methodNotAllowed);

  router
    .route(at('logout-all'))
    .post(authenticate, async (req, res) => {
      respondEnded(res, await accounts.endSessions({ userId: req.caller.userId }));
    })
    .all(methodNotAllowed);

  return router;
}

/** Routes with which the admin role changes the accounts of other users. */
export function createAccountAdminRoutes(deps: {
  accounts: Accounts;
  authenticate: RequestHandler;
  readJson: RequestHandler;
}): Router {
  const { accounts, authenticate, readJson } = deps;
  const adminOnly = requireRole('admin');
  const router = createRouter();

  router
    .route('/api/v1/admin/sessions/:sessionId')
    .delete(authenticate, adminOnly, async (req, res) => {
      const ended = await accounts.endSessions({ sessionId: pathId(req.params.sessionId) });
      if (ended > 0) respondEnded(res, ended);
      else refuse(res, 'NOT_FOUND', 'There is no open session with this id.');
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/users/:userId/sessions')
    .get(authenticate, adminOnly, async (req, res) => {
      const sessions = await accounts.listSessions(pathId(req.params.userId));
      respond(res, 200, { sessions } satisfies OpenSessions);
    })
    .delete(authenticate, adminOnly, async (req, res) => {
      respondEnded(res, await accounts.endSessions({ userId: pathId(req.params.userId) }));
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/users/:userId/role')
    .put(authenticate, adminOnly, readJson, async (req, res) => {
      const userId = pathId(req.params.userId);
      const { role } = validate(PutRole, req.body);
      const put = await accounts.putRole(userId, role);
      if (put !== undefined) respond(res, 200, { userId, role, ...put } satisfies RolePut);
      else refuse(res, 'NOT_FOUND', 'There is no such user.');
    })
    .all(methodNotAllowed);

  return router;
}

function clientOf({ ip = 'unknown', res }: Request): Client {
  const gone = new AbortController();
  if (res?.destroyed) gone.abort();
  else res?.once('close', () => gone.abort());
  return { address: networkOf(ip), gone: gone.signal };
}

function refuseBusy(res: Response, retryAfterMs: number): void {
  res.setHeader('retry-after', Math.ceil(retryAfterMs / 1000));
  refuse(res, 'UNAVAILABLE', 'Too many passwords wait to be checked; nothing was changed.');
}

const respondEnded = (res: Response, sessionsEnded: number): void =>
  respond(res, 200, { sessionsEnded } satisfies SessionsEnded);
