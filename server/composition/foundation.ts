import type { Pool } from 'pg';
import type { Clock } from '../../src/kernel/clock.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../platform/logging.ts';
import type { ServerMetrics } from '../platform/metrics.ts';
import type { Redis } from '../platform/redis.ts';
import type { Reader } from '../platform/replicas.ts';
import type { Tracing } from '../platform/tracing.ts';

/** The things that all parts of a server are made with. */
export interface Foundation {
  config: Config;
  pool: Pool;
  /** For reads that decide nothing: a replica that is as far as the primary, or the primary. */
  reader: Reader;
  redis: Redis | undefined;
  log: Logger;
  clock: Clock;
  metrics: ServerMetrics;
  /** The traces of this process; absent without a collector. */
  tracing: Tracing | undefined;
  nowMs(): number;
}
