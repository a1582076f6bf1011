import type { Pool } from 'pg';
import { countBy } from '../platform/metrics.ts';
import { BY_INDEX, createPool } from '../platform/postgres.ts';
import { createReplicas, type Replicas } from '../platform/replicas.ts';
import type { Foundation } from './foundation.ts';

export interface ReplicaReads extends Replicas {
  /** Undefined without replicas. */
  health: (() => Promise<void>) | undefined;
  refreshGauges(): Promise<void>;
  close(): Promise<void>;
}

/** A replica that does not answer in time is no better than none. */
const CONNECT_MS_MAX = 1_000;
const SILENT_MS_MAX = 1_000;
const ANSWER_MS_MAX = 5_000;

export function composeReplicas({
  config,
  pool: primary,
  clock,
  metrics,
  log,
}: Omit<Foundation, 'reader'>): ReplicaReads {
  const pools: Pool[] = config.databaseReplicaUrls.map((connectionString) =>
    createPool({
      ...{ connectionString, max: config.databasePoolMax, planning: BY_INDEX },
      ...{ connectMsMax: CONNECT_MS_MAX, answerMsMax: ANSWER_MS_MAX },
      applicationName: `flashsale ${config.instance}`,
      onIdleError: (error) => log.warn({ err: error }, 'an idle connection to a replica broke'),
    }),
  );
  const replicas = createReplicas({
    ...{ primary, replicas: pools, waitMs: config.databaseReplicaWaitMs, clock, log },
    silentMsMax: SILENT_MS_MAX,
    onRead: countBy(metrics.replicaReads),
  });
  return {
    ...replicas,
    health: pools.length === 0 ? undefined : replicas.probe,
    async refreshGauges() {
      if (pools.length === 0) return;
      for (const [index, lag] of (await replicas.lags()).entries()) {
        const labels = { replica: String(index + 1) };
        if (lag === undefined) metrics.replicaLag.remove(labels);
        else metrics.replicaLag.set(labels, lag);
      }
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}
