import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { Consumer } from '../events/event.ts';
import { createRouter } from '../http/router.ts';
import type { UpgradeDoor } from '../http/upgrades.ts';
import type { Logger } from '../platform/logging.ts';
import { createAddressRoutes } from './addresses/routes.ts';
import { createAddressStore } from './addresses/store.ts';
import { createNotificationConsumer } from './consumer.ts';
import { NOTIFICATION_ROWS } from './evidence.ts';
import { createNotificationRoutes } from './routes.ts';
import { createOutgoingStore } from './sending/outgoing-store.ts';
import { createSender, type Providers } from './sending/sender.ts';
import { createNotificationStore } from './store.ts';
import { createStreams, type StreamDeps } from './stream/index.ts';

/** The time for which users can read what they were told. */
const RETENTION_MS = 30 * 86_400_000;
/** Time between two looks for messages to send. */
const SEND_INTERVAL_MS = 500;

/**
 * The feature of notifications: users are told of the events that concern them. They read it, hear it over a WebSocket, and get
 * it by email and SMS where they have confirmed an address.
 */
export function createNotifications(
  deps: Omit<StreamDeps, 'store'> & {
    pool: Pool;
    roles: string[];
    providers: Providers;
    authenticate: RequestHandler;
    readJson: RequestHandler;
    onTold(count: number): void;
    onSent(channel: string, outcome: string): void;
    setStreams(count: number): void;
    setWaiting(channel: string, messages: number): void;
    log: Logger;
  },
): {
  routes: Router;
  consumer: Consumer;
  /** The way in for WebSockets. */
  door: UpgradeDoor;
  /** The query for the ledger's rows of notifications. */
  ledgerQuery: string;
  /** Deletes old notifications, tickets and messages, at most `limit` of each. Resolves to the most of a kind. */
  sweep(limit: number): Promise<number>;
  refreshGauges(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
} {
  const { pool, roles, providers, authenticate, readJson, onSent, log } = deps;
  const store = createNotificationStore(pool);
  const outgoing = createOutgoingStore(pool);
  const streams = createStreams({ ...deps, store });
  const channels = Object.keys(providers) as (keyof Providers)[];
  const serves = roles.includes('api');
  const sends = roles.includes('worker') && channels.length > 0;
  const sender = createSender({
    ...{ store: outgoing, providers, onSent, log },
    intervalMs: SEND_INTERVAL_MS,
  });
  return {
    routes: createRouter().use(
      createNotificationRoutes({ ...streams, store, authenticate }),
      createAddressRoutes({ store: createAddressStore(pool), channels, authenticate, readJson }),
    ),
    consumer: createNotificationConsumer({ store, onTold: deps.onTold }),
    door: streams.door,
    ledgerQuery: NOTIFICATION_ROWS,
    async sweep(limit) {
      const swept = [
        await store.sweep(limit, RETENTION_MS),
        await streams.tickets.sweep(limit),
        await outgoing.sweep(limit),
      ];
      return Math.max(...swept);
    },
    async refreshGauges() {
      deps.setStreams(streams.size());
      if (!sends) return;
      const waiting = new Map((await outgoing.waiting()).map((row) => [row.channel, row.messages]));
      for (const channel of channels) deps.setWaiting(channel, waiting.get(channel) ?? 0);
    },
    start() {
      if (serves) streams.start();
      if (sends) sender.start();
    },
    async stop() {
      await Promise.all([serves && streams.stop(), sends && sender.stop()]);
      await Promise.all(Object.values(providers).map((provider) => provider.close()));
    },
  };
}
