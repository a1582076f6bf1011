import type { RequestHandler } from 'express';
import { createHealthRoutes } from '../http/monitoring/health.ts';
import { createMetricsRoutes } from '../http/monitoring/metrics.ts';
import type { HttpServer } from '../http/server.ts';
import { createRedisGauges } from '../platform/redis-gauges.ts';
import { createStockGauges } from '../platform/stock-gauges.ts';
import type { Access } from './access.ts';
import type { composeEvents } from './background.ts';
import type { Foundation } from './foundation.ts';

/** The routes of health and metrics. */
export function composeMonitoring(
  foundation: Foundation,
  server: HttpServer,
  { accounts }: Access,
  events: ReturnType<typeof composeEvents>,
): RequestHandler[] {
  const { config, pool, redis, clock, log, metrics, nowMs } = foundation;
  const health = createHealthRoutes({
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
        ...(redis === undefined ? [] : [createRedisGauges(redis, metrics)]),
        events.refreshGauges,
        () => metrics.httpRequestsInFlight.set(server.inFlight()),
        readPoolGauges,
      ],
    }),
  ];
}
