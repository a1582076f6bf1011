import type { Logger } from '../../platform/logging.ts';

/** The requests to one route since the last log line. */
interface RouteTally {
  requests: number;
  refused: number;
  failed: number;
  msMax: number;
}

/**
 * Logs one line for all requests of an interval. A sale has thousands of requests a second, and a line for each would
 * cost more than the request. A request that fails has a line of its own from the error handler.
 */
export function createRequestLog(deps: { log: Logger; intervalMs: number }) {
  const { log, intervalMs } = deps;
  let tallies = new Map<string, RouteTally>();
  let timer: NodeJS.Timeout | undefined;

  /** Logs the interval's requests; nothing if there were none. */
  function flush(): void {
    if (tallies.size === 0) return;
    log.info({ routes: Object.fromEntries(tallies) }, 'requests answered');
    tallies = new Map();
  }

  return {
    start() {
      if (intervalMs > 0) timer = setInterval(flush, intervalMs).unref();
    },
    stop() {
      clearInterval(timer);
      if (intervalMs > 0) flush();
    },
    add(route: string, status: number, elapsedMs: number) {
      let tally = tallies.get(route);
      if (tally === undefined) {
        tally = { requests: 0, refused: 0, failed: 0, msMax: 0 };
        tallies.set(route, tally);
      }
      tally.requests += 1;
      if (status >= 500) tally.failed += 1;
      else if (status >= 400) tally.refused += 1;
      if (elapsedMs > tally.msMax) tally.msMax = elapsedMs;
    },
  };
}
