import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { Consumer } from '../events/event.ts';
import { createNotificationConsumer } from './consumer.ts';
import { NOTIFICATION_ROWS } from './evidence.ts';
import { createNotificationRoutes } from './routes.ts';
import { createNotificationStore } from './store.ts';

/** The time for which users can read what they were told. */
const RETENTION_MS = 30 * 86_400_000;

/** The feature of notifications: users are told of the events that concern them, and read it. */
export function createNotifications(deps: {
  pool: Pool;
  authenticate: RequestHandler;
  onTold(count: number): void;
}): {
  routes: Router;
  consumer: Consumer;
  /** The query for the ledger's rows of notifications. */
  ledgerQuery: string;
  /** Deletes old notifications, at most `limit`. Resolves to their number. */
  sweep(limit: number): Promise<number>;
} {
  const { pool, authenticate, onTold } = deps;
  const store = createNotificationStore(pool);
  return {
    routes: createNotificationRoutes({ store, authenticate }),
    consumer: createNotificationConsumer({ store, onTold }),
    ledgerQuery: NOTIFICATION_ROWS,
    sweep: (limit) => store.sweep(limit, RETENTION_MS),
  };
}
