import type { Router } from 'express';
import { newId } from '../../src/kernel/ids.ts';
import { createPool } from '../platform/postgres.ts';
import { type AdminDeps, createAdminRoutes } from './routes.ts';

/** Ledgers that are read at the same time. Each holds a connection as long as its reader takes. */
const READERS_MAX = 4;

const STREAM_LIMITS = { stallMsMax: 30_000, totalMsMax: 600_000 };

/**
 * The endpoints by which the toolkit fills a server and reads its ledger, for the admin role only. Ledgers are read over
 * connections of their own, so that no buyer waits for one that a slow reader holds; a reader too many waits for a
 * connection, and is answered 503 when it gets none.
 */
export function createAdmin(
  deps: Omit<AdminDeps, 'newId' | 'ledgerPool' | 'streamLimits'> & {
    config: { databaseUrl: string; instance: string };
  },
): { routes: Router; stop(): Promise<void> } {
  const { config, log } = deps;
  const ledgerPool = createPool({
    connectionString: config.databaseUrl,
    max: READERS_MAX,
    applicationName: `flashsale ${config.instance} ledger`,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  });
  return {
    routes: createAdminRoutes({ ...deps, newId, ledgerPool, streamLimits: STREAM_LIMITS }),
    stop: () => ledgerPool.end(),
  };
}
