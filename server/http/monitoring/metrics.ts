import type { Request, Response, Router } from 'express';
import { coalesce } from '../../platform/coalesce.ts';
import type { Logger } from '../../platform/logging.ts';
import type { ServerMetrics } from '../../platform/metrics.ts';
import { routeOf } from '../request/route.ts';
import { methodNotAllowed } from '../response/problem.ts';
import { send } from '../response/respond.ts';
import { traceOf } from '../response/trace-context.ts';
import { createRouter } from '../router.ts';

/**
 * Counts and times every request under the path template of its route, never its URL. The labelled metrics of each route
 * and status are looked up once and kept, because the look-up costs more than the counting.
 */
export function createRequestMeter(
  metrics: ServerMetrics,
  logRequest: (route: string, status: number, elapsedMs: number) => void,
) {
  const routes = new Map<string, ReturnType<typeof createRouteMeter>>();

  return function meter(req: Request, res: Response, elapsedNs: number): void {
    const route = routeOf(req);
    const key = `${req.method} ${route}`;
    let meterRoute = routes.get(key);
    if (meterRoute === undefined) {
      meterRoute = createRouteMeter(req.method, route);
      routes.set(key, meterRoute);
    }
    const status = res.headersSent ? res.statusCode : CLIENT_GONE;
    meterRoute(status, elapsedNs, traceOf(req.headers)?.traceId);
    logRequest(key, status, elapsedNs / 1e6);
  };

  function createRouteMeter(method: string, route: string) {
    const duration = metrics.httpRequestDuration.labels(method, route);
    const tallies = new Map<number, () => void>();
    return (status: number, elapsedNs: number, traceId: string | undefined) => {
      let count = tallies.get(status);
      if (count === undefined) {
        count = metrics.httpRequests.tally(method, route, String(status));
        tallies.set(status, count);
      }
      count();
      duration.observe(elapsedNs / 1e9, traceId);
    };
  }
}

/** The status for a request whose client disconnected before the answer; nginx uses the same number. */
const CLIENT_GONE = 499;

/**
 * `GET /metrics` in the Prometheus text format, or in that of OpenMetrics, which has exemplars, for a client that accepts it.
 * The `refreshers` update gauges first. When one fails, the answer lacks its gauges and has all other metrics. A page asks the
 * database, so that many at once share one.
 */
export function createMetricsRoutes(deps: {
  metrics: ServerMetrics;
  refreshers: (() => Promise<void> | void)[];
  log: Logger;
}): Router {
  const { metrics, refreshers, log } = deps;
  const router = createRouter();
  /** The refreshers that failed last time. They are logged when they begin to fail, not at each scrape. */
  const failing = new Set<number>();
  const render = coalesce(async (format) => {
    const refreshed = await Promise.allSettled(refreshers.map(async (refresh) => await refresh()));
    refreshed.forEach((result, index) => {
      if (result.status === 'fulfilled') failing.delete(index);
      else if (!failing.has(index)) {
        failing.add(index);
        log.warn({ err: result.reason }, 'gauges are missing until this succeeds');
      }
    });
    return Buffer.from(await metrics[format as Format].metrics());
  });
  router
    .route('/metrics')
    .get(async (req, res) => {
      const format = req.headers.accept?.includes('openmetrics') ? 'openMetrics' : 'registry';
      send(res, 200, metrics[format].contentType, await render(format));
    })
    .all(methodNotAllowed);
  return router;
}

type Format = 'registry' | 'openMetrics';
