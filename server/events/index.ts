import { type Access, readAccess } from '../../src/protocol/kafka-access.ts';
import type { Logger } from '../platform/logging.ts';
import { countBy, type ServerMetrics } from '../platform/metrics.ts';
import { BY_INDEX, createPool } from '../platform/postgres.ts';
import type { Tracing } from '../platform/tracing.ts';
import { createDelivery } from './delivery.ts';
import type { Consumer } from './event.ts';
import type { EventTransport } from './event-transport.ts';
import { type EventQueries, eventQueries } from './evidence.ts';
import { createEventGauges } from './gauges.ts';
import { createKafkaClient } from './kafka/client.ts';
import { createKafkaTransport } from './kafka/transport.ts';
import { createPostgresTransport } from './postgres-transport.ts';
import { createMovementLog } from './stock-log/movement-log.ts';
import { createStockDelivery } from './stock-log/stock-delivery.ts';
import { traceConsumer } from './traced-events.ts';
import { createUpkeep } from './upkeep.ts';

/** The size of the pool for events alone, so that no buyer waits for a connection that an event uses. */
const CONNECTIONS_MAX = 3;
/** The time between two looks for events. */
const POLL_INTERVAL_MS = 50;
/** A process that was suspended in the middle of a batch loses the batch to another process after this time. */
const IDLE_IN_TRANSACTION_MS_MAX = 30_000;

/** While the brokers are away, each call of the client fails within seconds, as behind an open circuit. */
const [CLOSED, OPEN] = [0, 1];

/**
 * Brings the events of this database to the consumers, as far as this process has the roles for it. Without Kafka, a worker
 * delivers them from the database; with Kafka, a relay publishes them and workers read them there.
 */
export function createEvents(deps: {
  config: {
    databaseUrl: string;
    instance: string;
    roles: string[];
    eventRetentionMs: number;
    kafkaBrokers?: string[];
    kafkaReplicationFactor: number;
    kafkaAccess: Access;
  };
  consumers: Consumer[];
  metrics: ServerMetrics;
  log: Logger;
  nowMs(): number;
  /** The traces of this process; absent without a collector. */
  tracing?: Tracing | undefined;
}): EventTransport & {
  /** Rejects when no broker answers; undefined when this process does not use Kafka. */
  probe: (() => Promise<void>) | undefined;
  refreshGauges(): Promise<void>;
  consumers: Consumer[];
  /** The queries for the evidence about events in the ledger. */
  eventQueries: EventQueries;
} {
  const { config, metrics, log, nowMs, tracing } = deps;
  const consumers =
    tracing === undefined
      ? deps.consumers
      : deps.consumers.map((consumer) => traceConsumer(consumer, tracing));
  const { kafkaBrokers: brokers, kafkaReplicationFactor: replicationFactor } = config;
  const roles = {
    relay: config.roles.includes('relay') && brokers !== undefined,
    worker: config.roles.includes('worker'),
  };
  const pool = createPool({
    connectionString: config.databaseUrl,
    max: CONNECTIONS_MAX,
    applicationName: `flashsale ${config.instance} events`,
    idleInTransactionMsMax: IDLE_IN_TRANSACTION_MS_MAX,
    planning: BY_INDEX,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  });
  const underWay = new Map<string, number>();
  const deliveryDeps = {
    pool,
    log,
    observer: {
      underWay(group: string, change: number) {
        underWay.set(group, (underWay.get(group) ?? 0) + change);
      },
      handled: (group: string, count: number) => metrics.eventsHandled.inc({ group }, count),
      retried: (group: string) => metrics.eventRetries.inc({ group }),
      deadLettered: (group: string, count: number) => metrics.eventsBuried.inc({ group }, count),
    },
  };
  const onPublished = countBy(metrics.eventsPublished);
  const shared = {
    traced: tracing && ((publisher: Consumer) => traceConsumer(publisher, tracing, 'producer')),
    ...{ pool, consumers, pollIntervalMs: POLL_INTERVAL_MS, nowMs, log },
    delivery: createDelivery(deliveryDeps),
    stockDelivery: createStockDelivery({ ...deliveryDeps, movements: createMovementLog() }),
  };

  const parts: EventTransport[] = [];
  let probe: (() => Promise<void>) | undefined;
  if (roles.worker) {
    parts.push(createUpkeep({ ...shared, retentionMs: config.eventRetentionMs }));
  }
  if (brokers === undefined) {
    if (roles.worker) parts.push(createPostgresTransport(shared));
  } else if (roles.relay || roles.worker) {
    const kafkaCircuit = (state: number) =>
      metrics.circuitState.set({ dependency: 'kafka' }, state);
    kafkaCircuit(CLOSED);
    const kafka = createKafkaClient({
      brokers,
      access: readAccess(config.kafkaAccess),
      clientId: `flashsale-${config.instance}`,
      onDown(error) {
        kafkaCircuit(OPEN);
        log.warn({ err: error }, 'Kafka is away; selling goes on, and events wait in the database');
      },
      onUp() {
        kafkaCircuit(CLOSED);
        log.info('Kafka is back');
      },
    });
    probe = kafka.ping;
    parts.push(createKafkaTransport({ ...shared, kafka, replicationFactor, roles, onPublished }));
  }

  return {
    start() {
      for (const part of parts) part.start();
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
      await pool.end();
    },
    probe,
    consumers,
    eventQueries: eventQueries(consumers),
    refreshGauges:
      parts.length === 0
        ? async () => {}
        : createEventGauges({
            ...{ pool, metrics, hasKafka: brokers !== undefined },
            underWay: (group) => underWay.get(group) ?? 0,
          }),
  };
}
