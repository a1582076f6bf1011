import * as z from 'zod';
import { DAY_MS, refuseConfig, whole } from './forms.ts';

/** The password in docker-compose.yml. */
export const DEFAULT_DATABASE_PASSWORD = 'flashsale';

export const storageVariables = {
  DATABASE_URL: z
    .string({ error: 'is not set: the server keeps its ledger in PostgreSQL' })
    .regex(/^postgres(ql)?:\/\//, 'must look like postgres://user:password@host:5432/database'),
  DATABASE_SESSION_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must look like postgres://user:password@host:5432/database')
    .optional(),
  DATABASE_POOL_MAX: whole(1, 1000).default(8),
  DATABASE_REPLICA_URLS: z
    .string()
    .regex(
      /^postgres(ql)?:\/\/[^,]+(,postgres(ql)?:\/\/[^,]+)*$/,
      'must look like postgres://user:password@host:5432/database,postgres://…',
    )
    .transform((list) => list.split(','))
    .default([]),
  DATABASE_REPLICA_WAIT_MS: whole(0, 10_000).default(50),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must look like redis://user:password@host:6379')
    .optional(),
  EVENT_RETENTION_MS: whole(60_000, 365 * DAY_MS).default(7 * DAY_MS),
};

export interface StorageConfig {
  databaseUrl: string;
  /**
   * The same database without a pooler between. Migrations lock it and messages are heard on a connection that stays the
   * same: a pooler in transaction mode would give each statement another one.
   */
  databaseSessionUrl: string;
  databasePoolMax: number;
  /** Streaming replicas of that database, from which lists and sums are read. */
  databaseReplicaUrls: string[];
  /** The time in which a replica may become as far as the primary, before the primary is read instead. */
  databaseReplicaWaitMs: number;
  /** Absent: this process and PostgreSQL keep what Redis would keep. */
  redisUrl?: string;
  /** Time for which the server remembers that an event was handled; longer than the event can be delivered again. */
  eventRetentionMs: number;
}

/** @throws UserError (exit 2) when strangers may reach the server and the password of its database is the default one */
export function readStorage(
  read: z.output<z.ZodObject<typeof storageVariables>>,
  exposure: string | undefined,
): StorageConfig {
  const databaseSessionUrl = read.DATABASE_SESSION_URL ?? read.DATABASE_URL;
  const known = Object.entries({
    DATABASE_URL: [read.DATABASE_URL],
    DATABASE_SESSION_URL: [databaseSessionUrl],
    DATABASE_REPLICA_URLS: read.DATABASE_REPLICA_URLS,
  }).find(([, urls]) => urls.some((url) => passwordIn(url) === DEFAULT_DATABASE_PASSWORD));
  if (exposure !== undefined && known !== undefined) {
    throw refuseConfig(
      [exposure, `the password in ${known[0]} is the default one`],
      'give the database user another password',
    );
  }
  return {
    databaseUrl: read.DATABASE_URL,
    databaseSessionUrl,
    databasePoolMax: read.DATABASE_POOL_MAX,
    databaseReplicaUrls: read.DATABASE_REPLICA_URLS,
    databaseReplicaWaitMs: read.DATABASE_REPLICA_WAIT_MS,
    redisUrl: read.REDIS_URL,
    eventRetentionMs: read.EVENT_RETENTION_MS,
  };
}

const passwordIn = (url: string): string => (URL.canParse(url) ? new URL(url).password : '');
