import type { ProviderBehaviour } from '../protocol/payments.ts';
import type { InstanceEvent } from './services/server-instance.ts';

/** The services that the servers use beside PostgreSQL. */
export interface StackServices {
  /** True starts a Redis; `if_there` does so only on a machine that has a `redis-server`. */
  redis: boolean | 'if_there';
  /** URL of a Redis that runs already. */
  redisUrl?: string;
  /** True starts a Kafka broker. */
  kafka: boolean;
  /** Brokers that run already: `host:port,host:port`. */
  kafkaBrokers?: string;
  /** The servers' variables with which those let them in: `KAFKA_TLS`, `KAFKA_SASL_MECHANISM` … */
  kafkaAccess?: Record<string, string>;
  /** Folder with the jars of the broker to start; absent: the default folder. */
  kafkaHome?: string;
}

export interface StackOptions extends StackServices {
  instances: number;
  strategy: string;
  /** Allows strategies that are broken on purpose. */
  unsafe: boolean;
  /** A PostgreSQL that runs already, in which the stack creates a database; absent: the stack starts a PostgreSQL. */
  databaseUrl?: string;
  /** Behaviour of a payment provider to start; absent: each server simulates one in its own process. */
  payments?: ProviderBehaviour;
  /** True starts a mail server, which the servers send email through. Absent: they send none. */
  mails?: boolean;
  holdTtlMs: number;
  /** The collector that gets the traces of the servers. */
  tracesUrl?: string | undefined;
  /** Port of the first instance, the next ones count up; absent: free ports. */
  port?: number;
  /** True leaves folder, logs and data where they are when the stack stops. */
  keep: boolean;
  onEvent(event: StackEvent): void;
}

/** An event of a running part of the stack. `name` and `why` are shown to the user. */
export type StackEvent =
  | InstanceEvent
  | { type: 'database_died'; why: string }
  | { type: 'service_died'; name: string; why: string };
