import type { RequestHandler } from 'express';
import { createHealthRoutes } from '../http/monitoring/health.ts';
import { createMetricsRoutes } from '../http/monitoring/metrics.ts';
import type { HttpServer } from '../http/server.ts';
import type { MessageProvider } from '../notifications/sending/provider.ts';
import { createRedisGauges } from '../platform/redis-gauges.ts';
import { createStockGauges } from '../platform/stock-gauges.ts';
import type { Access } from './access.ts';
import type { composeEvents } from './background.ts';
import type { Foundation } from './foundation.ts';
import type { Notifications } from './notifications.ts';

/** No command waits for a Redis that is away: each fails at once, as behind an open circuit. */
const [CLOSED, OPEN] = [0, 1];

/** The routes of health and metrics. */
export function composeMonitoring(
  foundation: Foundation,
  server: HttpServer,
  { accounts }: Access,
  events: ReturnType<typeof composeEvents>,
  notifications: Notifications,
): RequestHandler[] {
  const { config, pool, redis, clock, log, metrics, nowMs } = foundation;
  const health = createHealthRoutes({
    instance: config.instance,
    dependencies: {
      postgres: { required: true, probe: () => pool.query('SELECT 1') },
      auth: { required: true, probe: accounts.selfTest },
      redis: { required: false, probe: redis && (() => redis.ping()) },
      kafka: { required: false, probe: events.probe },
      email: { required: false, probe: probeOf(notifications.providers.email) },
      sms: { required: false, probe: probeOf(notifications.providers.sms) },
    },
    isDraining: server.isDraining,
    clock,
    log,
  });
  const readPoolGauges = () => {
    metrics.dbConnections.set({ state: 'active' }, pool.totalCount - pool.idleCount);
    metrics.dbConnections.set({ state: 'idle' }, pool.idleCount);
    metrics.dbConnections.set({ state: 'waiting' }, pool.waitingCount);
  };
  return [
    health,
    createMetricsRoutes({
      metrics,
      log,
      refreshers: [
        createStockGauges({ pool, metrics, nowMs }),
        ...(redis === undefined
          ? []
          : [
              createRedisGauges(redis, metrics),
              () => metrics.circuitState.set({ dependency: 'redis' }, redis.isUp() ? CLOSED : OPEN),
            ]),
        events.refreshGauges,
        notifications.refreshGauges,
        () => metrics.httpRequestsInFlight.set(server.inFlight()),
        readPoolGauges,
      ],
    }),
  ];
}

/** A provider is down while its circuit is not closed. It is not asked: it would take that for a message. */
function probeOf(provider: MessageProvider | undefined): (() => Promise<void>) | undefined {
  if (provider === undefined) return undefined;
  return async () => {
    const why = provider.whyDown();
    if (why !== undefined) throw new Error(why);
  };
}
