import * as z from 'zod';
import { type AccountConfig, accountVariables, readAccounts } from './accounts.ts';
import { type AnalyticsConfig, analyticsVariables, readAnalytics } from './analytics.ts';
import { exposureOf, exposureVariables } from './exposure.ts';
import { oneOf, refuseConfig } from './forms.ts';
import { type HttpConfig, httpVariables, readHttp } from './http.ts';
import { type KafkaConfig, kafkaVariables, readKafka } from './kafka.ts';
import { type MediaConfig, mediaVariables, readMedia } from './media.ts';
import {
  type NotificationConfig,
  notificationVariables,
  readNotifications,
} from './notifications.ts';
import { type PaymentConfig, paymentVariables, readPayments } from './payments.ts';
import { readStock, type StockConfig, stockVariables } from './stock.ts';
import { readStorage, type StorageConfig, storageVariables } from './storage.ts';
import { readTraces, type TraceConfig, traceVariables } from './traces.ts';

/** Parts of the server that one process may run; a process without a list runs all of them. */
export const ROLES = ['api', 'sweeper', 'relay', 'worker'] as const;
export type ServerRole = (typeof ROLES)[number];

/** The environment: the form and the default of each variable. */
const Environment = z.object({
  INSTANCE: z
    .string()
    .regex(/^[\w.-]{1,40}$/, 'must be 1 to 40 letters, digits and . _ -')
    .default('server'),
  ROLES: z
    .string()
    .transform((list) => list.split(',').map((role) => role.trim()))
    .pipe(z.array(oneOf(ROLES)).min(1))
    .default([...ROLES]),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  ...exposureVariables,
  ...httpVariables,
  ...storageVariables,
  ...kafkaVariables,
  ...stockVariables,
  ...accountVariables,
  ...paymentVariables,
  ...notificationVariables,
  ...analyticsVariables,
  ...mediaVariables,
  ...traceVariables,
});

/** The names of all variables that a server reads. */
export const VARIABLES: readonly string[] = Object.keys(Environment.shape);

/** The checked configuration of a server. Durations are milliseconds. */
export interface Config
  extends HttpConfig,
    StorageConfig,
    KafkaConfig,
    StockConfig,
    AccountConfig,
    PaymentConfig,
    NotificationConfig,
    AnalyticsConfig,
    MediaConfig,
    TraceConfig {
  instance: string;
  roles: ServerRole[];
  logLevel: string;
}

/**
 * Reads a configuration from environment variables; empty ones count as not set.
 *
 * @throws UserError (exit 2) that names every variable of a wrong form, or the first variables that contradict each other
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    throw refuseConfig(
      parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`),
      'set the named variables and start the server again',
    );
  }
  const read = parsed.data;
  const exposure = exposureOf(read);
  return {
    instance: read.INSTANCE,
    roles: read.ROLES,
    logLevel: read.LOG_LEVEL,
    ...readHttp(read, exposure),
    ...readStock(read),
    ...readAccounts(read, exposure),
    ...readStorage(read, exposure),
    ...readKafka(read),
    ...readPayments(read),
    ...readNotifications(read),
    ...readAnalytics(read),
    ...readMedia(read),
    ...readTraces(read),
  };
}
