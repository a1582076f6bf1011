import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { MetricsAnswer } from '../../src/protocol/analytics.ts';
import type { Consumer } from '../events/event.ts';
import type { Caches } from '../platform/cache.ts';
import type { Reader } from '../platform/replicas.ts';
import { createCollector } from './collector.ts';
import { createDomainEventCounts } from './domain-events.ts';
import { analyticsQueries } from './evidence.ts';
import { type CountsQuery, describeCounts } from './metrics-query.ts';
import { createAnalyticsRoutes } from './routes.ts';
import { createTrackStore } from './store.ts';

/** The time for which all instances answer a query alike. */
const ANSWER_TTL_MS = 5_000;
const ANSWERS_MAX = 200;

/** The feature that counts, in buckets of time, what clients tell and what the queue tells. */
export function createAnalytics(deps: {
  config: { trackLateMsMax: number; trackRetentionMs: number; trackQueueMax: number };
  pool: Pool;
  /** Reads the counts that a query asks for. */
  reader: Reader;
  caches: Caches;
  authenticate: RequestHandler;
  readJson: RequestHandler;
  onTracked(outcome: 'stored' | 'repeated' | 'refused', tracks: number): void;
  onWaiting(tracks: number): void;
  nowMs(): number;
}): {
  routes: Router;
  domainEvents: Consumer;
  /** Makes partitions ahead, and ends the time of old tracks; at most `limit` ids are forgotten. Returns how many were. */
  upkeep(limit: number): Promise<number>;
  /** The queries for the evidence about analytics in the ledger. */
  queries: typeof analyticsQueries;
} {
  const { config, caches, nowMs, onWaiting } = deps;
  const limits = { lateMsMax: config.trackLateMsMax, retentionMs: config.trackRetentionMs };
  const store = createTrackStore(deps.pool, limits, deps.reader);
  const answers = caches.create<MetricsAnswer>({
    name: 'analytics',
    ttlMs: ANSWER_TTL_MS,
    max: ANSWERS_MAX,
    async load(key) {
      const query = JSON.parse(key) as CountsQuery;
      return describeCounts(query, await store.counts(query));
    },
  });
  return {
    routes: createAnalyticsRoutes({
      ...deps,
      ...{ store, answers, lateMsMax: limits.lateMsMax },
      collector: createCollector({ store, queueMax: config.trackQueueMax, nowMs, onWaiting }),
    }),
    domainEvents: createDomainEventCounts(),
    async upkeep(limit) {
      await store.makePartitions(nowMs());
      return await store.forget(nowMs(), limit);
    },
    queries: analyticsQueries,
  };
}
