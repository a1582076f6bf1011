import type { Command } from 'commander';
import { STRATEGY_NAMES } from '../src/protocol/strategies.ts';

interface SettingFlag {
  flag: string;
  env: string[];
  description: string;
  /** Its value may be a password, so it is never printed. */
  secret?: boolean;
  repeatable?: boolean;
  /** A switch that may also be turned off: `--no-…`. */
  negatable?: boolean;
}

/** Each setting's flag and variables; of several variables the first that is set counts. */
const FLAGS = {
  strategy: {
    flag: '--strategy <name>',
    env: ['FLASHSALE_STRATEGY'],
    description: `how the server makes buyers take turns: ${STRATEGY_NAMES.join(', ')}`,
  },
  unsafe: {
    flag: '--unsafe',
    env: ['FLASHSALE_UNSAFE'],
    description: 'allow a strategy that is broken on purpose',
  },
  instances: {
    flag: '--instances <n>',
    env: ['FLASHSALE_INSTANCES'],
    description: 'server instances to start (default: 1)',
  },
  workers: {
    flag: '--workers <n>',
    env: ['FLASHSALE_WORKERS'],
    description: 'threads that run VUs, each on a core of its own (default: 1)',
  },
  stock: {
    flag: '--stock <units>',
    env: ['FLASHSALE_STOCK'],
    description: 'units on sale, of all SKUs together (default: what the scenario says)',
  },
  buyers: {
    flag: '--buyers <n>',
    env: ['FLASHSALE_BUYERS'],
    description: 'people who come to buy (default: what the scenario says)',
  },
  seed: {
    flag: '--seed <n>',
    env: ['FLASHSALE_SEED'],
    description: 'decides what buyers do: the same seed, the same decisions (default: 1)',
  },
  holdTtl: {
    flag: '--hold-ttl <duration>',
    env: ['FLASHSALE_HOLD_TTL'],
    description: 'how long a reservation lives where the scenario does not say (default: 2m)',
  },
  target: {
    flag: '--target <url|file>',
    env: ['FLASHSALE_TARGET'],
    description:
      'base URL of a server of ours that already runs, repeatable for several instances; or the target file of any other shop (*.yaml, *.json, *.ts). None is started then',
    repeatable: true,
  },
  iOwnThisServer: {
    flag: '--i-own-this-server',
    env: ['FLASHSALE_I_OWN_THIS_SERVER'],
    description:
      'allow a target file whose shop is neither on this machine nor in a private network',
  },
  adminToken: {
    flag: '--admin-token <token>',
    env: ['FLASHSALE_ADMIN_TOKEN'],
    description: 'token of the role admin on the target',
    secret: true,
  },
  userToken: {
    flag: '--user-token <token>',
    env: ['FLASHSALE_USER_TOKEN'],
    description: 'token of the user of the target whose mailbox is shown',
    secret: true,
  },
  databaseUrl: {
    flag: '--database-url <url>',
    env: ['FLASHSALE_DATABASE_URL', 'DATABASE_URL'],
    description: 'PostgreSQL to make a database in (default: one is started here)',
    secret: true,
  },
  prometheusUrl: {
    flag: '--prometheus-url <url>',
    env: ['FLASHSALE_PROMETHEUS_URL'],
    description: 'Prometheus that PromQL asks and that has the counters of the target',
    secret: true,
  },
  traces: {
    flag: '--traces <url>',
    env: ['FLASHSALE_TRACES'],
    description:
      'OpenTelemetry collector (OTLP/HTTP, as http://127.0.0.1:4318) that gets a trace of each call, from the buyer to the consumers',
    secret: true,
  },
  sqlUrl: {
    flag: '--sql-url <url>',
    env: ['FLASHSALE_SQL_URL'],
    description:
      'PostgreSQL database that the SQL thresholds of a scenario ask (default: that of the stack started here)',
    secret: true,
  },
  redis: {
    flag: '--redis',
    env: ['FLASHSALE_REDIS'],
    description:
      'start a Redis for the server (default: several instances get one where redis-server is on PATH)',
    negatable: true,
  },
  redisUrl: {
    flag: '--redis-url <url>',
    env: ['FLASHSALE_REDIS_URL', 'REDIS_URL'],
    description: 'Redis that runs already, for the server to use',
    secret: true,
  },
  kafka: {
    flag: '--kafka',
    env: ['FLASHSALE_KAFKA'],
    description: 'start a Kafka broker for the server (default: PostgreSQL delivers the events)',
  },
  kafkaBrokers: {
    flag: '--kafka-brokers <list>',
    env: ['FLASHSALE_KAFKA_BROKERS', 'KAFKA_BROKERS'],
    description:
      'Kafka brokers that run already, for the server to use; KAFKA_TLS, KAFKA_SASL_MECHANISM … let it in',
  },
  kafkaHome: {
    flag: '--kafka-home <folder>',
    env: ['FLASHSALE_KAFKA_HOME'],
    description:
      'where the jars of the broker to start lie (default: below ~/.cache/flashsale-cli)',
  },
  port: {
    flag: '--port <n>',
    env: ['FLASHSALE_PORT'],
    description: 'port of the first server instance, the next ones count up (default: free ones)',
  },
} satisfies Record<string, SettingFlag>;

export type SettingName = keyof typeof FLAGS;

export const SETTINGS: Record<SettingName, SettingFlag> = FLAGS;

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** Settings of the services that the server uses beside PostgreSQL. */
export const SERVICE_SETTINGS = [
  'redis',
  'redisUrl',
  'kafka',
  'kafkaBrokers',
  'kafkaHome',
] as const satisfies SettingName[];

/** Adds the flags of settings to a command. */
export function addSettingFlags(command: Command, names: readonly SettingName[]): void {
  for (const name of names) {
    const { flag, description, repeatable, negatable } = SETTINGS[name];
    if (repeatable) command.option<string[]>(flag, description, collect);
    else command.option(flag, description);
    if (negatable) command.option(flag.replace('--', '--no-'), 'do without');
  }
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];
