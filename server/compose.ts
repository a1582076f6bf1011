import type { Express, Router } from 'express';
import type { Pool } from 'pg';
import { type Clock, systemClock } from '../src/kernel/clock.ts';
import type { SpanSink } from '../src/tracing/span.ts';
import { createAdmin } from './admin/index.ts';
import { composeAccess } from './composition/access.ts';
import { composeAnalytics } from './composition/analytics.ts';
import { composeEvents, composeSweepers } from './composition/background.ts';
import { composeEngagement } from './composition/engagement.ts';
import type { Foundation } from './composition/foundation.ts';
import { composeMedia } from './composition/media.ts';
import { composeMonitoring } from './composition/monitoring.ts';
import { composeNotifications } from './composition/notifications.ts';
import { composePaymentGateway } from './composition/payment-gateway.ts';
import { composeReplicas } from './composition/replicas.ts';
import { composeSelling } from './composition/selling.ts';
import { composeStock } from './composition/stock.ts';
import type { Config } from './config/config.ts';
import { ENDPOINTS } from './endpoints.ts';
import type { Consumer } from './events/event.ts';
import { createDeadLetterRoutes } from './events/routes.ts';
import { createDocsRoutes } from './http/description/docs.ts';
import { allowOrigins } from './http/guards/cors.ts';
import { createRequestMeter } from './http/monitoring/metrics.ts';
import { createRequestLog } from './http/monitoring/request-log.ts';
import { createRequestTraces } from './http/monitoring/request-traces.ts';
import { createRequestIds } from './http/request-id.ts';
import { createErrorHandler, notFound } from './http/response/problem.ts';
import { mountRoutes } from './http/router.ts';
import { createApp, createHttpServer } from './http/server.ts';
import { createCaches } from './platform/cache.ts';
import type { Logger } from './platform/logging.ts';
import { createMetrics } from './platform/metrics.ts';
import { countCache } from './platform/observe-ledger.ts';
import type { Redis } from './platform/redis.ts';
import { createTracing } from './platform/tracing.ts';
import type { StockLedger } from './stock/ledger.ts';

export interface ComposedServer {
  app: Express;
  /** Starts the chosen roles and answers with the base URL; rejects when the port cannot be had. */
  start(): Promise<string>;
  /**
   * Stops in order: readiness, new connections, requests in flight, sweepers and events. Pool and Redis stay open; the
   * caller made them and closes them.
   */
  drain(): Promise<void>;
}

/**
 * The whole server, wired in the order in which a request and its data flow through it. Each part is made here and gets
 * the parts that it needs. A bench may pass another ledger and other consumers of events.
 */
export function composeServer(deps: {
  config: Config;
  pool: Pool;
  redis?: Redis;
  log: Logger;
  ledger?: StockLedger;
  consumers?: Consumer[];
  clock?: Clock;
  /** Takes the spans of this server; absent: it makes none. */
  spans?: SpanSink | undefined;
}): ComposedServer {
  const { config, pool, redis, log, clock = systemClock } = deps;
  const nowMs = () => clock.nowMs();
  const metrics = createMetrics();
  const tracing = deps.spans && createTracing(deps.spans);
  const means = { config, pool, redis, log, clock, metrics, tracing, nowMs };
  const replicas = composeReplicas(means);
  const { reader } = replicas;
  const foundation: Foundation = { ...means, reader };
  let ownUrl: string | undefined;
  let admin: ReturnType<typeof createAdmin> | undefined;

  const access = composeAccess(foundation);
  const stock = composeStock(foundation, deps.ledger);
  const { gateway, provider } = composePaymentGateway(foundation, () => ownUrl);
  const caches = createCaches({ redis, observe: countCache(metrics) });
  const media = composeMedia(foundation);
  const selling = composeSelling(foundation, stock, gateway, access, caches, media);
  const engagement = composeEngagement(foundation, selling, access, caches);
  const analytics = composeAnalytics(foundation, access, caches);
  const notifications = composeNotifications(foundation, access);
  const others = { engagement, analytics, notifications };
  const sweepers = composeSweepers(foundation, stock, selling, access, others);
  const events = composeEvents(foundation, stock, selling, others, deps.consumers);

  const app = createApp(config);
  const requestLog = createRequestLog({ log, intervalMs: config.logRequestsIntervalMs });
  const server = createHttpServer({
    app,
    clock,
    nameRequest: createRequestIds({ instance: config.instance, startedAtMs: nowMs() }),
    onEnd: createRequestMeter(metrics, requestLog.add),
    around: tracing && createRequestTraces(tracing),
    door: config.roles.includes('api') ? notifications.door : undefined,
  });
  if (config.corsOrigins.length > 0) app.use(allowOrigins(config.corsOrigins));
  if (access.limitByIp !== undefined) app.use(access.limitByIp);
  if (config.roles.includes('api')) mountRoutes(app, apiRoutes());
  mountRoutes(
    app,
    composeMonitoring(foundation, server, access, events, {
      notifications,
      media,
      provider,
      selling,
      replicas,
      stock,
    }),
  );
  app.use(notFound, createErrorHandler(log));

  return {
    app,
    async start() {
      if (config.admin !== undefined) await access.accounts.ensureAdmin(config.admin);
      if (config.roles.includes('api')) await access.accounts.start();
      ownUrl = await server.listen(config.port, config.host);
      requestLog.start();
      caches.start();
      if (config.roles.includes('sweeper')) for (const sweeper of sweepers) sweeper.start();
      events.start();
      notifications.start();
      return ownUrl;
    },
    async drain() {
      await server.drain({ noticeMs: config.drainNoticeMs, timeoutMs: config.drainTimeoutMs });
      requestLog.stop();
      caches.stop();
      await access.accounts.stop();
      await Promise.all([
        ...sweepers.map((sweeper) => sweeper.stop()),
        events.stop(),
        notifications.stop(),
        admin?.stop(),
      ]);
      media.close();
      await replicas.close();
    },
  };

  function apiRoutes(): Router[] {
    const { accounts, authenticate, readJson } = access;
    admin = createAdmin({
      ...{ config, pool, authenticate, log },
      consumers: events.consumers,
      ownQueries: {
        ...events.eventQueries,
        ...analytics.queries,
        notification: notifications.ledgerQuery,
      },
      readHotStock: stock.admission.readCounters,
      openSessions: accounts.openSessions,
    });
    return [
      ...selling.routes,
      media.routes,
      ...engagement.routes,
      analytics.routes,
      accounts.routes,
      notifications.routes,
      admin.routes,
      createDeadLetterRoutes({ pool, authenticate, readJson }),
      createDocsRoutes(ENDPOINTS),
    ];
  }
}
