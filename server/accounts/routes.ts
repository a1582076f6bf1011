import { type RequestHandler, Router } from 'express';
import { Credentials, type Session } from '../../src/protocol/accounts.ts';
import { validate } from '../http/json-body.ts';
import { methodNotAllowed, refuse } from '../http/problem.ts';
import { respond } from '../http/respond.ts';
import type { Accounts } from './accounts.ts';

/** The same two calls under every path they have been published at. */
const REGISTER = ['/api/auth/register', '/auth/register', '/register'];
const LOGIN = ['/api/auth/login', '/auth/login', '/login'];

export function createAccountRoutes(deps: {
  accounts: Accounts;
  readJson: RequestHandler;
}): Router {
  const { accounts, readJson } = deps;
  const router = Router();

  router
    .route(REGISTER)
    .post(readJson, async (req, res) => {
      const registered = await accounts.register(validate(Credentials, req.body));
      if (registered.outcome === 'registered') respond(res, 201, registered.session);
      else refuse(res, 'USERNAME_TAKEN', 'Choose another username.');
    })
    .all(methodNotAllowed);

  router
    .route(LOGIN)
    .post(readJson, async (req, res) => {
      const session: Session | undefined = await accounts.logIn(validate(Credentials, req.body));
      if (session !== undefined) respond(res, 200, session);
      else refuse(res, 'INVALID_CREDENTIALS', 'No user has this username and password.');
    })
    .all(methodNotAllowed);

  return router;
}
