import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import type { Caller } from '../http/request.ts';
import type { Logger } from '../platform/logging.ts';
import { createAdminRoutes } from './routes.ts';

/** What the toolkit needs of a server: to fill it, and to read its books. For the admin role only. */
export const createAdmin = (deps: {
  pool: Pool;
  openSessions(callers: Caller[]): Promise<string[]>;
  authenticate: RequestHandler;
  log: Logger;
}): Router => createAdminRoutes({ ...deps, newId });
