import type { Router } from 'express';
import { createHealthRoutes } from '../http/monitoring/health.ts';
import { createMetricsRoutes } from '../http/monitoring/metrics.ts';
import type { HttpServer } from '../http/server.ts';
import { createRedisGauges } from '../platform/redis-gauges.ts';
import { createStockGauges } from '../platform/stock-gauges.ts';
import type { Access } from './access.ts';
import type { composeEvents } from './background.ts';
import type { Foundation } from './foundation.ts';
import type { MediaService } from './media.ts';
import type { Notifications } from './notifications.ts';
import type { ComposedGateway } from './payment-gateway.ts';
import type { ReplicaReads } from './replicas.ts';
import type { Selling } from './selling.ts';
import type { Stock } from './stock.ts';

/** The features that have something of their own to show. */
export interface Monitored {
  notifications: Notifications;
  media: MediaService;
  provider: ComposedGateway['provider'];
  selling: Selling;
  replicas: ReplicaReads;
  stock: Stock;
}

/** No command waits for a Redis that is away: each fails at once, as behind an open circuit. */
const [CLOSED, OPEN] = [0, 1];

/** The routes of health and metrics. */
export function composeMonitoring(
  foundation: Foundation,
  server: HttpServer,
  { accounts }: Access,
  events: ReturnType<typeof composeEvents>,
  { notifications, media: { media }, provider, selling: { shows }, replicas, stock }: Monitored,
): Router[] {
  const { config, pool, redis, clock, log, metrics } = foundation;
  const health = createHealthRoutes({
    instance: config.instance,
    dependencies: {
      postgres: { required: true, probe: () => pool.query('SELECT 1') },
      replicas: { required: false, probe: replicas.health },
      auth: { required: true, probe: accounts.selfTest },
      redis: { required: false, probe: redis && (() => redis.ping()) },
      kafka: { required: false, probe: events.probe },
      email: { required: false, probe: probeOf(notifications.providers.email) },
      sms: { required: false, probe: probeOf(notifications.providers.sms) },
      media: { required: false, probe: probeOf(media) },
      payment: { required: false, probe: probeOf(provider) },
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
        createStockGauges({
          ...{ pool, metrics, clock },
          onStock: stock.contradictedRefusals.stockRead,
        }),
        ...(redis === undefined
          ? []
          : [
              createRedisGauges(redis, metrics),
              () => metrics.circuitState.set({ dependency: 'redis' }, redis.isUp() ? CLOSED : OPEN),
            ]),
        events.refreshGauges,
        replicas.refreshGauges,
        notifications.refreshGauges,
        async () => metrics.imagesWaiting.set(await shows.imagesWaiting()),
        () => metrics.httpRequestsInFlight.set(server.inFlight()),
        readPoolGauges,
      ],
    }),
  ];
}

/** A service is down while its circuit is not closed. It is not asked: a provider would take that for a message. */
function probeOf(
  service: { whyDown(): string | undefined } | undefined,
): (() => Promise<void>) | undefined {
  if (service === undefined) return undefined;
  return async () => {
    const why = service.whyDown();
    if (why !== undefined) throw new Error(why);
  };
}
