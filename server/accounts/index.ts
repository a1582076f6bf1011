import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { type Accounts, createAccountService } from './accounts.ts';
import { createPasswords } from './passwords.ts';
import { createAccountRoutes } from './routes.ts';
import { createAccountStore } from './store.ts';
import type { Tokens } from './tokens.ts';

/** Register and log in: who somebody is, and the token that says so. */
export function createAccounts(deps: {
  pool: Pool;
  tokens: Tokens;
  bcryptCost: number;
  readJson: RequestHandler;
}): Pick<Accounts, 'ensureAdmin'> & { routes: Router } {
  const accounts = createAccountService({
    store: createAccountStore(deps.pool),
    passwords: createPasswords({ cost: deps.bcryptCost }),
    tokens: deps.tokens,
    newId,
  });
  return {
    routes: createAccountRoutes({ accounts, readJson: deps.readJson }),
    ensureAdmin: accounts.ensureAdmin,
  };
}
