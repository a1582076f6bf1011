import type { Express } from 'express';
import type { Pool } from 'pg';
import { type Clock, systemClock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/ids.ts';
import { ProviderBehaviour } from '../src/protocol/payments.ts';
import { createAccounts } from './accounts/index.ts';
import { createAdmin } from './admin/index.ts';
import type { Config } from './config/config.ts';
import { ENDPOINTS, HOT_ROUTES } from './endpoints.ts';
import { createAnalytics } from './events/consumers/analytics.ts';
import { createFraudDetection } from './events/consumers/fraud.ts';
import { createInventorySync } from './events/consumers/inventory-sync.ts';
import { createNotification, mailbox } from './events/consumers/notification.ts';
import { createEvents } from './events/index.ts';
import { createDeadLetterRoutes } from './events/routes.ts';
import { createDocsRoutes } from './http/description/docs.ts';
import { allowOrigins } from './http/guards/cors.ts';
import { createIdempotency } from './http/guards/idempotency.ts';
import { createIdempotencyStore } from './http/guards/idempotency-store.ts';
import { createRateLimits } from './http/guards/rate-limit.ts';
import { createHealthRoutes } from './http/monitoring/health.ts';
import { createMetricsRoutes, createRequestMeter } from './http/monitoring/metrics.ts';
import { createRequestLog } from './http/monitoring/request-log.ts';
import { readJson } from './http/request/json-body.ts';
import { createRequestIds } from './http/request-id.ts';
import { createErrorHandler, notFound } from './http/response/problem.ts';
import { createApp, createHttpServer } from './http/server.ts';
import { createProvider } from './payment-provider/provider.ts';
import { createCaches } from './platform/cache.ts';
import type { Logger } from './platform/logging.ts';
import { countBy, createMetrics } from './platform/metrics.ts';
import { countAdmission, countCache, countLedger, timeLedger } from './platform/observe-ledger.ts';
import type { Redis } from './platform/redis.ts';
import { createRedisGauges } from './platform/redis-gauges.ts';
import { createStockGauges } from './platform/stock-gauges.ts';
import { createSweeper } from './platform/sweeper.ts';
import { createCampaigns } from './selling/campaigns/index.ts';
import { createFlashSales } from './selling/flash-sales/index.ts';
import { createOrders } from './selling/orders/index.ts';
import { createHttpGateway } from './selling/payments/gateway/http-gateway.ts';
import { observeGateway } from './selling/payments/gateway/observed-gateway.ts';
import { createSimulatedGateway } from './selling/payments/gateway/simulated-gateway.ts';
import { createPayments } from './selling/payments/index.ts';
import { createProducts } from './selling/products/index.ts';
import { createReservations } from './selling/reservations/index.ts';
import { createAdmittedLedger, tellAdmission } from './stock/admission/admitted-ledger.ts';
import { createAdmission } from './stock/admission/index.ts';
import { createStockLedger } from './stock/index.ts';
import type { StockLedger } from './stock/ledger.ts';

/** Nobody waits for these rows to go, and they last for days. */
const SESSION_SWEEP_INTERVAL_MS = 60_000;

/** No healthy request works for a minute: waiting for a connection, a statement, a payment, all end before. */
const IDEMPOTENCY = { keyTtlMs: 86_400_000, leaseMs: 60_000 };

export interface ComposedServer {
  app: Express;
  /** Starts the chosen roles and answers with the base URL; rejects when the port cannot be had. */
  start(): Promise<string>;
  /**
   * Ends in order: not ready any more, no new connections, what is in flight is answered, sweepers and events rest.
   * Pool and Redis stay open, because whoever made them ends them.
   */
  drain(): Promise<void>;
}

/**
 * The whole server, wired in the order a request and its data flow through it. Everything is made here and passed
 * down; nothing below reaches for anything by itself. A bench may pass another ledger.
 */
export function composeServer(deps: {
  config: Config;
  pool: Pool;
  redis?: Redis;
  log: Logger;
  ledger?: StockLedger;
  clock?: Clock;
}): ComposedServer {
  const { config, pool, redis, log, clock = systemClock } = deps;
  const nowMs = () => clock.nowMs();

  // What everything stands on: numbers about it, and the ledger.
  const metrics = createMetrics();
  const admission = createAdmission({
    name: config.admission,
    pool,
    redis,
    clock,
    observe: countAdmission(metrics),
  });
  const strategy =
    deps.ledger ??
    createStockLedger({
      pool,
      redis,
      strategy: config.strategy,
      holdTtlMs: config.holdTtlMs,
      observer: tellAdmission(admission, countLedger(metrics)),
    });
  const timedLedger = timeLedger(strategy, metrics, clock);
  const ledger = createAdmittedLedger({ ledger: timedLedger, admission });
  /** Where this server listens, once it does. */
  let ownUrl: string | undefined;
  const gateway = observeGateway(
    config.payment === undefined
      ? createSimulatedGateway(
          createProvider({
            behaviour: ProviderBehaviour.parse({ latencyMs: config.paymentLatencyMs }),
            seed: 0,
          }),
        )
      : createHttpGateway({
          ...config.payment,
          webhookUrl: () =>
            config.payment?.webhookUrl ?? (ownUrl && `${ownUrl}/api/v1/payments/webhook`),
          onCircuit: (state) => metrics.circuitState.set({ dependency: 'payment' }, state),
        }),
    (call, outcome) => metrics.paymentCalls.inc({ call, outcome }),
  );

  // Who may do what.
  const readSmallJson = readJson(config.bodyLimitBytes);
  const accounts = createAccounts({
    ...config,
    pool,
    redis,
    tokenTtlMs: config.jwtTtlMs,
    readJson: readSmallJson,
    clock,
    log,
  });
  const limits =
    config.rateLimits &&
    createRateLimits({
      redis,
      limits: config.rateLimits,
      hotRoutes: HOT_ROUTES,
      onRefused: countBy(metrics.rateLimited),
    });
  const authenticate = limits?.after(accounts.authenticate) ?? accounts.authenticate;

  const { claimKey, claimKeyAfter } = createIdempotency({
    store: createIdempotencyStore(pool, IDEMPOTENCY),
    newId,
  });
  const readJsonAndClaimKey = claimKeyAfter(readSmallJson);

  const caches = createCaches({ redis, observe: countCache(metrics) });

  // The features. None knows another.
  const reservations = createReservations({
    pool,
    ledger,
    authenticate,
    readJsonAndClaimKey,
    onDecided: countBy(metrics.reservations),
  });
  const payments = createPayments({
    pool,
    ledger,
    gateway,
    chargeMsMax: config.payment?.timeoutMs ?? config.paymentLatencyMs,
    webhookSecret: config.payment?.webhookSecret,
    readJson: readSmallJson,
    nowMs,
    onWebhook: countBy(metrics.paymentWebhooks),
  });
  const orders = createOrders({
    pool,
    ledger,
    payments,
    authenticate,
    claimKey,
    readJsonAndClaimKey,
    onDecided: countBy(metrics.orders),
  });
  const campaigns = createCampaigns({
    pool,
    caches,
    ledger,
    authenticate,
    readJsonAndClaimKey,
    nowMs,
    onDecided: countBy(metrics.registrations),
  });
  const flashSales = createFlashSales({
    pool,
    redis,
    caches,
    // Whose attempt was accepted has been let in already, so the filter hears of them and turns nobody away.
    ledger: createAdmittedLedger({
      ledger: timedLedger,
      admission: { ...admission, admit: () => true },
    }),
    authenticate,
    claimKey,
    nowMs,
    onDecided: countBy(metrics.attempts),
  });
  const products = createProducts({ pool, caches });
  const admin = createAdmin({
    pool,
    readHotStock: admission.readCounters,
    openSessions: accounts.openSessions,
    authenticate,
    log,
  });

  // What is over is cleared away.
  const sweepers = [
    createSweeper({
      what: 'lapsed holds',
      // After each pass the admission filter is brought in line with the ledger.
      sweep: (limit) => ledger.expireLapsed(limit).finally(() => admission.reconcile()),
      intervalMs: config.sweepIntervalMs,
      log,
    }),
    createSweeper({
      what: 'open payments',
      sweep: payments.lookAfter,
      intervalMs: config.sweepIntervalMs,
      log,
    }),
    createSweeper({
      what: 'expired sessions',
      sweep: accounts.sweepSessions,
      intervalMs: SESSION_SWEEP_INTERVAL_MS,
      log,
    }),
  ];

  // What follows from a sale, later and once.
  const events = createEvents({
    config,
    consumers: [
      flashSales.worker,
      createAnalytics(),
      createNotification(mailbox),
      createInventorySync((skuId) => admission.unitsCameBack(skuId)),
      createFraudDetection(),
    ],
    metrics,
    log,
    nowMs,
  });

  // The way of a request, from the outside in. What a sale hammers on comes first.
  const app = createApp(config);
  const requestLog = createRequestLog({ log, intervalMs: config.logRequestsIntervalMs });
  const server = createHttpServer({
    app,
    clock,
    nameRequest: createRequestIds({ instance: config.instance, startedAtMs: nowMs() }),
    onEnd: createRequestMeter(metrics, requestLog.add),
  });
  if (config.corsOrigins.length > 0) app.use(allowOrigins(config.corsOrigins));
  if (limits !== undefined) app.use(limits.byIp);
  if (config.roles.includes('api')) {
    app.use(
      reservations,
      orders,
      payments.routes,
      campaigns,
      flashSales.routes,
      products,
      accounts.routes,
      admin,
      createDeadLetterRoutes({ pool, authenticate, readJson: readSmallJson }),
      createDocsRoutes(ENDPOINTS),
    );
  }
  app.use(
    createHealthRoutes({
      instance: config.instance,
      dependencies: {
        postgres: { required: true, probe: () => pool.query('SELECT 1') },
        auth: { required: true, probe: accounts.selfTest },
        redis: { required: false, probe: redis && (() => redis.ping()) },
        kafka: { required: false, probe: events.probe },
      },
      isDraining: server.isDraining,
      clock,
      log,
    }),
    createMetricsRoutes({
      metrics,
      log,
      refreshers: [
        createStockGauges({ pool, metrics, nowMs }),
        ...(redis === undefined ? [] : [createRedisGauges(redis, metrics)]),
        events.refreshGauges,
        () => metrics.httpRequestsInFlight.set(server.inFlight()),
        () => {
          metrics.dbConnections.set({ state: 'active' }, pool.totalCount - pool.idleCount);
          metrics.dbConnections.set({ state: 'idle' }, pool.idleCount);
          metrics.dbConnections.set({ state: 'waiting' }, pool.waitingCount);
        },
      ],
    }),
    notFound,
    createErrorHandler(log),
  );

  return {
    app,
    async start() {
      if (config.admin !== undefined) await accounts.ensureAdmin(config.admin);
      if (config.roles.includes('api')) await accounts.start();
      const url = await server.listen(config.port, config.host);
      ownUrl = url;
      requestLog.start();
      caches.start();
      if (config.roles.includes('sweeper')) for (const sweeper of sweepers) sweeper.start();
      events.start();
      return url;
    },
    async drain() {
      await server.drain({ noticeMs: config.drainNoticeMs, timeoutMs: config.drainTimeoutMs });
      requestLog.stop();
      caches.stop();
      await accounts.stop();
      await Promise.all([...sweepers.map((sweeper) => sweeper.stop()), events.stop()]);
    },
  };
}
