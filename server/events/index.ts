import type { Logger } from '../platform/logging.ts';
import type { ServerMetrics } from '../platform/metrics.ts';
import { createPool } from '../platform/postgres.ts';
import { createDelivery } from './delivery.ts';
import type { Consumer } from './event.ts';
import type { EventLog } from './event-log.ts';
import { createOutboxLog } from './outbox-log.ts';
import { createUpkeep } from './upkeep.ts';

/** Connections of events' own, so that no buyer ever waits for one that an event has. */
const CONNECTIONS_MAX = 3;
/** How long events wait in the outbox before somebody looks. */
const POLL_INTERVAL_MS = 50;

/** Delivers the events of this database to the consumers, as far as the roles of this process go. */
export function createEvents(deps: {
  config: { databaseUrl: string; instance: string; roles: string[]; eventRetentionMs: number };
  consumers: Consumer[];
  metrics: ServerMetrics;
  log: Logger;
  nowMs(): number;
}): EventLog {
  const { config, consumers, metrics, log, nowMs } = deps;
  const pool = createPool({
    connectionString: config.databaseUrl,
    max: CONNECTIONS_MAX,
    applicationName: `flashsale ${config.instance} events`,
  });
  const delivery = createDelivery({
    pool,
    log,
    observer: {
      handled: (group, count) => metrics.eventsHandled.inc({ group }, count),
      retried: (group) => metrics.eventRetries.inc({ group }),
      buried: (group, count) => metrics.eventsBuried.inc({ group }, count),
    },
  });

  const parts: EventLog[] = [];
  if (config.roles.includes('worker')) {
    const retentionMs = config.eventRetentionMs;
    parts.push(
      createUpkeep({ pool, consumers, retentionMs, nowMs, log }),
      createOutboxLog({ pool, consumers, delivery, pollIntervalMs: POLL_INTERVAL_MS, log }),
    );
  }
  return {
    start() {
      for (const part of parts) part.start();
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
      await pool.end();
    },
  };
}
