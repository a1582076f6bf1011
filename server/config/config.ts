import { isIP } from 'node:net';
import { z } from 'zod';
import { UserError } from '../../src/kernel/errors.ts';
import { Credentials } from '../../src/protocol/accounts.ts';
import { STRATEGIES, STRATEGY_NAMES, type StrategyName } from '../../src/protocol/strategies.ts';
import type { RateLimits } from '../http/guards/rate-limit.ts';
import { ADMISSION_NAMES, type AdmissionName } from '../stock/admission/index.ts';

/** Parts of the server one process may play; a process without a list plays all of them. */
export const ROLES = ['api', 'sweeper', 'relay', 'worker'] as const;
export type ServerRole = (typeof ROLES)[number];

/** Good enough to try the server out, and known to everybody who can read; production mode refuses it. */
export const DEFAULT_JWT_SECRET = 'flashsale-development-secret-do-not-deploy';
/** Those of docker-compose.yml. */
export const DEFAULT_ADMIN_PASSWORD = 'flashsale-development';
export const DEFAULT_DATABASE_PASSWORD = 'flashsale';

const whole = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: ({ input }) => `is "${input}", not a whole number between ${min} and ${max}`,
    })
    .transform(Number);

const oneOf = <const Name extends string>(names: readonly Name[]) =>
  z.enum(names, { error: ({ input }) => `is "${input}", none of ${names.join(', ')}` });

/** An address, a network, or a name that Express has for some. */
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', prefix = '0', ...more] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits && more.length === 0;
}

/** So many within so many seconds. */
const quota = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,4}$/, 'must look like 100/10, for 100 within 10 seconds')
  .transform((text) => {
    const [points, durationSeconds] = text.split('/').map(Number) as [number, number];
    return { points, durationSeconds };
  });

const DAY_MS = 86_400_000;

/** The environment, one variable a line: its form, and what holds without it. */
const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  INSTANCE: z
    .string()
    .regex(/^[\w.-]{1,40}$/, 'must be 1 to 40 letters, digits and . _ -')
    .default('server'),
  ROLES: z
    .string()
    .transform((list) => list.split(',').map((role) => role.trim()))
    .pipe(z.array(oneOf(ROLES)).min(1))
    .default([...ROLES]),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  BODY_LIMIT_BYTES: whole(1, 100_000_000).default(65_536),
  TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(','))
    .refine((proxies) => proxies.every(isProxy), 'must look like 10.0.0.0/8,192.0.2.7,loopback')
    .default([]),
  CORS_ORIGINS: z
    .string()
    .regex(
      /^(\*|https?:\/\/[\w.:-]+(,https?:\/\/[\w.:-]+)*)$/,
      'must look like https://shop.example,https://app.example, or be *',
    )
    .transform((list) => list.split(','))
    .default([]),
  RATE_LIMITS: oneOf(['on', 'off']).optional(),
  RATE_LIMIT_IP: quota.default({ points: 1000, durationSeconds: 10 }),
  RATE_LIMIT_USER: quota.default({ points: 50, durationSeconds: 10 }),
  RATE_LIMIT_ADMISSION: quota.default({ points: 20_000, durationSeconds: 1 }),
  DRAIN_NOTICE_MS: whole(0, DAY_MS).default(0),
  DRAIN_TIMEOUT_MS: whole(0, DAY_MS).default(10_000),
  LOG_REQUESTS_INTERVAL_MS: whole(0, DAY_MS).default(60_000),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),

  DATABASE_URL: z
    .string({ error: 'is not set: the server keeps its ledger in PostgreSQL' })
    .regex(/^postgres(ql)?:\/\//, 'must look like postgres://user:password@host:5432/database'),
  DATABASE_POOL_MAX: whole(1, 1000).default(8),

  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must look like redis://user:password@host:6379')
    .optional(),
  KAFKA_BROKERS: z
    .string()
    .regex(/^[\w.-]+:\d+(,[\w.-]+:\d+)*$/, 'must look like host:9092,host:9092')
    .transform((list) => list.split(','))
    .optional(),
  KAFKA_REPLICATION_FACTOR: whole(1, 10).default(1),
  EVENT_RETENTION_MS: whole(60_000, 365 * DAY_MS).default(7 * DAY_MS),

  STRATEGY: oneOf(STRATEGY_NAMES).default('batched'),
  UNSAFE: z.string().optional(),
  ADMISSION: oneOf(ADMISSION_NAMES).optional(),
  HOLD_TTL_MS: whole(1, DAY_MS).default(120_000),
  SWEEP_INTERVAL_MS: whole(10, DAY_MS).default(1000),

  JWT_SECRET: z.string().min(32, 'must have at least 32 characters').default(DEFAULT_JWT_SECRET),
  JWT_PRIVATE_KEY_FILE: z.string().optional(),
  JWT_VERIFY_KEY_FILE: z.string().optional(),
  JWT_TTL_MS: whole(1000, 30 * DAY_MS).default(3_600_000),
  REFRESH_TTL_MS: whole(1000, 365 * DAY_MS).default(30 * DAY_MS),
  LOGIN_ATTEMPTS_PER_USERNAME: whole(1, 1_000_000).default(10),
  LOGIN_FAILURES_PER_IP: whole(1, 1_000_000).default(100),
  LOGIN_WINDOW_MS: whole(1000, DAY_MS).default(300_000),
  BCRYPT_COST: whole(4, 15).default(10),
  ADMIN_USERNAME: Credentials.shape.username.optional(),
  ADMIN_PASSWORD: Credentials.shape.password.optional(),

  PAYMENT_URL: z.url({ protocol: /^https?$/, error: 'must look like http://host:port' }).optional(),
  PAYMENT_TIMEOUT_MS: whole(1, 600_000).default(3_000),
  PAYMENT_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must look like http://host:port/path' })
    .optional(),
  PAYMENT_WEBHOOK_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  PAYMENT_LATENCY_MS: whole(0, 60_000).default(0),
});

/** What the server was told, checked. Durations are milliseconds. */
export interface Config {
  instance: string;
  roles: ServerRole[];
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  bodyLimitBytes: number;
  /** Load balancers that are believed when they say on whose behalf they call. */
  trustedProxies: string[];
  /** Origins whose pages may call the API; `*` is every one. */
  corsOrigins: string[];
  /**
   * Absent: nobody is limited. On by default in production, where buyers may be hostile; off elsewhere, where a load
   * test that plays a thousand buyers from one address shall measure the sale and not the limits.
   */
  rateLimits?: RateLimits;
  /** Time in which a load balancer may notice that this instance is about to go. */
  drainNoticeMs: number;
  drainTimeoutMs: number;
  /** Time between two lines about the requests answered meanwhile; 0 writes none. */
  logRequestsIntervalMs: number;
  logLevel: string;
  databaseUrl: string;
  databasePoolMax: number;
  /** Absent: what Redis would remember is kept in this process and in PostgreSQL. */
  redisUrl?: string;
  /** Absent: events are delivered from the outbox by this server itself. */
  kafkaBrokers?: string[];
  /** Copies of each topic that is made here; not more than there are brokers. */
  kafkaReplicationFactor: number;
  /** How long it is remembered that an event was handled; longer than it can come again. */
  eventRetentionMs: number;
  strategy: StrategyName;
  /** The filter in front of the ledger. */
  admission: AdmissionName;
  holdTtlMs: number;
  sweepIntervalMs: number;
  jwtSecret: string;
  /** PEM file of a key to sign tokens with instead of the secret. */
  jwtPrivateKeyFile?: string;
  /** PEM file of a second key whose tokens are accepted. */
  jwtVerifyKeyFile?: string;
  jwtTtlMs: number;
  /** How long a session may be left alone and still be refreshed. */
  refreshTtlMs: number;
  /** How many wrong passwords may be tried in `windowMs`. */
  loginLimits: { attemptsPerUsername: number; failuresPerIp: number; windowMs: number };
  bcryptCost: number;
  /** An account made (or given this password) at start, so that somebody can call the admin API. */
  admin?: { username: string; password: string };
  /** The provider behind HTTP. Absent: one is simulated in this process, and takes `paymentLatencyMs`. */
  payment?: {
    url: string;
    timeoutMs: number;
    /** Where the provider reaches this server or one of its like; absent: the address it listens on. */
    webhookUrl?: string;
    webhookSecret: string;
  };
  paymentLatencyMs: number;
}

/**
 * Reads a configuration from environment variables; empty ones count as not set.
 *
 * @throws UserError (exit 2) that names every variable that is wrong, not only the first
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    throw refuse(
      parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`),
      'set the named variables and start the server again',
    );
  }
  const read = parsed.data;

  const { isUnsafe, needsRedis } = STRATEGIES[read.STRATEGY];
  if (isUnsafe && read.UNSAFE !== '1') {
    throw refuse(
      [`STRATEGY ${read.STRATEGY} oversells on purpose`],
      'choose another strategy, or set UNSAFE=1 to watch it fail',
    );
  }
  if (read.ADMISSION === 'redis' && read.REDIS_URL === undefined) {
    throw refuse(
      ['ADMISSION redis keeps its counters in Redis, and REDIS_URL is not set'],
      'set REDIS_URL, or choose ADMISSION=memory',
    );
  }
  if (needsRedis && read.REDIS_URL === undefined) {
    throw refuse(
      [`STRATEGY ${read.STRATEGY} keeps its locks in Redis, and REDIS_URL is not set`],
      'set REDIS_URL, or choose another strategy',
    );
  }
  if (read.NODE_ENV === 'production') refuseKnownSecrets(read);
  if (read.JWT_VERIFY_KEY_FILE !== undefined && read.JWT_PRIVATE_KEY_FILE === undefined) {
    throw refuse(
      ['JWT_VERIFY_KEY_FILE is a second key beside JWT_PRIVATE_KEY_FILE, which is not set'],
      'set JWT_PRIVATE_KEY_FILE, too, or neither',
    );
  }
  if (read.REFRESH_TTL_MS < read.JWT_TTL_MS) {
    throw refuse(
      ['REFRESH_TTL_MS is less than JWT_TTL_MS: sessions would end before their tokens'],
      'make REFRESH_TTL_MS at least as long as JWT_TTL_MS',
    );
  }
  if ((read.PAYMENT_URL === undefined) !== (read.PAYMENT_WEBHOOK_SECRET === undefined)) {
    throw refuse(
      ['PAYMENT_URL and PAYMENT_WEBHOOK_SECRET name a payment provider only together'],
      'set both or neither',
    );
  }
  if ((read.ADMIN_USERNAME === undefined) !== (read.ADMIN_PASSWORD === undefined)) {
    throw refuse(
      ['ADMIN_USERNAME and ADMIN_PASSWORD make an account only together'],
      'set both or neither',
    );
  }

  return {
    instance: read.INSTANCE,
    roles: read.ROLES,
    host: read.HOST,
    port: read.PORT,
    bodyLimitBytes: read.BODY_LIMIT_BYTES,
    trustedProxies: read.TRUSTED_PROXIES,
    corsOrigins: read.CORS_ORIGINS,
    rateLimits:
      (read.RATE_LIMITS ?? (read.NODE_ENV === 'production' ? 'on' : 'off')) === 'on'
        ? {
            ip: read.RATE_LIMIT_IP,
            user: read.RATE_LIMIT_USER,
            admission: read.RATE_LIMIT_ADMISSION,
          }
        : undefined,
    drainNoticeMs: read.DRAIN_NOTICE_MS,
    logRequestsIntervalMs: read.LOG_REQUESTS_INTERVAL_MS,
    drainTimeoutMs: read.DRAIN_TIMEOUT_MS,
    logLevel: read.LOG_LEVEL,
    databaseUrl: read.DATABASE_URL,
    databasePoolMax: read.DATABASE_POOL_MAX,
    redisUrl: read.REDIS_URL,
    kafkaBrokers: read.KAFKA_BROKERS,
    kafkaReplicationFactor: read.KAFKA_REPLICATION_FACTOR,
    eventRetentionMs: read.EVENT_RETENTION_MS,
    strategy: read.STRATEGY,
    admission: read.ADMISSION ?? usualAdmission(read),
    holdTtlMs: read.HOLD_TTL_MS,
    sweepIntervalMs: read.SWEEP_INTERVAL_MS,
    jwtSecret: read.JWT_SECRET,
    jwtPrivateKeyFile: read.JWT_PRIVATE_KEY_FILE,
    jwtVerifyKeyFile: read.JWT_VERIFY_KEY_FILE,
    jwtTtlMs: read.JWT_TTL_MS,
    refreshTtlMs: read.REFRESH_TTL_MS,
    loginLimits: {
      attemptsPerUsername: read.LOGIN_ATTEMPTS_PER_USERNAME,
      failuresPerIp: read.LOGIN_FAILURES_PER_IP,
      windowMs: read.LOGIN_WINDOW_MS,
    },
    bcryptCost: read.BCRYPT_COST,
    admin:
      read.ADMIN_USERNAME !== undefined && read.ADMIN_PASSWORD !== undefined
        ? { username: read.ADMIN_USERNAME, password: read.ADMIN_PASSWORD }
        : undefined,
    payment:
      read.PAYMENT_URL !== undefined && read.PAYMENT_WEBHOOK_SECRET !== undefined
        ? {
            url: read.PAYMENT_URL,
            timeoutMs: read.PAYMENT_TIMEOUT_MS,
            webhookUrl: read.PAYMENT_WEBHOOK_URL,
            webhookSecret: read.PAYMENT_WEBHOOK_SECRET,
          }
        : undefined,
    paymentLatencyMs: read.PAYMENT_LATENCY_MS,
  };
}

/** What anybody knows who has read the documentation is no secret in production. */
function refuseKnownSecrets(read: z.output<typeof Environment>): void {
  if (read.JWT_PRIVATE_KEY_FILE === undefined && read.JWT_SECRET === DEFAULT_JWT_SECRET) {
    throw refuse(
      ['JWT_SECRET is the default one, with which anybody can sign tokens'],
      'set JWT_SECRET to at least 32 random characters, for example from `openssl rand -hex 32`',
    );
  }
  if (passwordIn(read.DATABASE_URL) === DEFAULT_DATABASE_PASSWORD) {
    throw refuse(
      ['the password in DATABASE_URL is the default one'],
      'give the database user another password',
    );
  }
  const { ADMIN_USERNAME, ADMIN_PASSWORD } = read;
  if (ADMIN_PASSWORD === undefined) return;
  if (ADMIN_PASSWORD === DEFAULT_ADMIN_PASSWORD || ADMIN_PASSWORD === ADMIN_USERNAME) {
    throw refuse(
      ['ADMIN_PASSWORD is one that anybody would try first'],
      'set ADMIN_PASSWORD to a random one, for example from `openssl rand -hex 24`',
    );
  }
}

/** The negative control stands alone: a filter in front of it would hide some of what it does wrong. */
function usualAdmission(read: z.output<typeof Environment>): AdmissionName {
  if (STRATEGIES[read.STRATEGY].isUnsafe) return 'none';
  return read.REDIS_URL === undefined ? 'memory' : 'redis';
}

const passwordIn = (url: string): string => (URL.canParse(url) ? new URL(url).password : '');

const refuse = (reasons: string[], next: string): UserError =>
  UserError.usage('the server cannot start with this configuration', {
    why: reasons.join('; '),
    next,
  });
