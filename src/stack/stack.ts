import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../kernel/errors.ts';
import { Session } from '../protocol/accounts.ts';
import type { ProviderBehaviour } from '../protocol/payments.ts';
import { assertPortIsFree } from './processes/free-port.ts';
import { createScope, type Resource } from './resource.ts';
import { runFolder } from './run-folder.ts';
import { createDatabase, dropDatabase } from './services/database.ts';
import {
  createKafkaBroker,
  type KafkaBroker,
  kafkaHomeByDefault,
  probeKafka,
} from './services/kafka.ts';
import { createPostgres, type PostgresServer } from './services/postgres.ts';
import {
  createRedisServer,
  isRedisServerThere,
  probeRedis,
  type RedisServer,
} from './services/redis.ts';
import {
  createServerInstance,
  type InstanceEvent,
  type ServerInstance,
} from './services/server-instance.ts';

/** What the servers use beside PostgreSQL. */
export interface StackServices {
  /** Start a Redis; `if_there`: only where there is a redis-server. */
  redis: boolean | 'if_there';
  /** One that runs already. */
  redisUrl?: string;
  /** Start a Kafka broker. */
  kafka: boolean;
  /** Brokers that run already: `host:port,host:port`. */
  kafkaBrokers?: string;
  /** Folder of the jars of the broker to start; absent: where they are by default. */
  kafkaHome?: string;
}

export interface StackOptions extends StackServices {
  instances: number;
  strategy: string;
  /** Allows strategies that are broken on purpose. */
  unsafe: boolean;
  /** A PostgreSQL to work in (in a database of our own); absent: one is started. */
  databaseUrl?: string;
  /** Start a payment provider that behaves so; absent: each server simulates one in its own process. */
  payments?: ProviderBehaviour;
  holdTtlMs: number;
  sweepIntervalMs: number;
  /** Port of the first instance, the next ones count up; absent: free ones. */
  port?: number;
  /** Leaves folder, logs and data where they are when the stack stops. */
  keep: boolean;
  onEvent(event: StackEvent): void;
}

export type StackEvent =
  | InstanceEvent
  | { type: 'database_died' | 'redis_died' | 'kafka_died'; why: string };

export interface RunningStack {
  /** Base URL of each instance. */
  targets: string[];
  adminToken: string;
  /** The servers' own database. */
  databaseUrl: string;
  redisUrl?: string;
  kafkaBrokers?: string;
  /** What was started here, to be killed and brought back by whoever tests faults. */
  parts: {
    postgres?: PostgresServer;
    redis?: RedisServer;
    kafka?: KafkaBroker;
    payments?: ServerInstance;
    servers: ServerInstance[];
  };
  /** Where logs and data are while it runs. */
  folder: string;
  /** What will still be there when it has stopped, for people. */
  kept: string[];
}

/** The operating system chooses. */
const ANY_PORT = 0;
/** Tokens outlive any run: what is tested is the sale, not the renewal of a token in the middle of it. */
const JWT_TTL_MS = 24 * 3_600_000;

/**
 * The whole system under test on this machine: a PostgreSQL and a database in it, Redis and Kafka where wanted, and the
 * server instances. Stopping takes all of it away again.
 */
export function createStack(options: StackOptions): Resource<RunningStack> {
  const scope = createScope();
  const { keep, onEvent } = options;

  async function startPostgres(folder: string): Promise<PostgresServer | undefined> {
    if (options.databaseUrl !== undefined) return undefined;
    const onDeath = (why: string) => onEvent({ type: 'database_died', why });
    return scope.start(createPostgres({ folder, keepData: keep, onDeath }));
  }

  async function startRedis(folder: string): Promise<RedisServer | undefined> {
    const { redis, redisUrl } = options;
    if (redisUrl !== undefined) await probeRedis(redisUrl);
    if (redisUrl !== undefined || redis === false) return undefined;
    if (redis === 'if_there' && !(await isRedisServerThere())) return undefined;
    const onDeath = (why: string) => onEvent({ type: 'redis_died', why });
    return scope.start(createRedisServer({ folder, keepData: keep, onDeath }));
  }

  async function startKafka(folder: string): Promise<KafkaBroker | undefined> {
    const { kafka, kafkaBrokers, kafkaHome } = options;
    if (kafkaBrokers !== undefined) await probeKafka(kafkaBrokers);
    if (kafkaBrokers !== undefined || !kafka) return undefined;
    const onDeath = (why: string) => onEvent({ type: 'kafka_died', why });
    const home = kafkaHome ?? kafkaHomeByDefault();
    return scope.start(createKafkaBroker({ folder, home, keepData: keep, onDeath }));
  }

  async function startPayments(
    folder: string,
    webhookSecret: string,
  ): Promise<ServerInstance | undefined> {
    if (options.payments === undefined) return undefined;
    return scope.start(
      createServerInstance({
        name: 'payments',
        script: 'server/payment-provider/main.ts',
        env: {
          BEHAVIOUR: JSON.stringify(options.payments),
          WEBHOOK_SECRET: webhookSecret,
          JOURNAL: join(folder, 'payments.ndjson'),
        },
        port: ANY_PORT,
        logFile: join(folder, 'payments.log'),
        onEvent,
      }),
    );
  }

  return {
    name: 'the stack',
    async start() {
      const ports = Array.from({ length: options.instances }, (_, index) =>
        options.port === undefined ? ANY_PORT : options.port + index,
      );
      await Promise.all(ports.map(assertPortIsFree));

      const folder = await scope.start(runFolder({ keep }));
      const [postgres, redis, kafka] = await Promise.all([
        startPostgres(folder),
        startRedis(folder),
        startKafka(folder),
      ]);
      const adminUrl = options.databaseUrl ?? (postgres as PostgresServer).url;
      const redisUrl = options.redisUrl ?? redis?.url;
      const kafkaBrokers = options.kafkaBrokers ?? kafka?.brokers;
      // A database of a PostgreSQL of our own goes with it.
      const drop = options.databaseUrl !== undefined && !keep;
      const databaseUrl = await scope.start(database(adminUrl, { drop }));

      const admin = { username: 'flashsale-admin', password: randomBytes(24).toString('hex') };
      const webhookSecret = randomBytes(32).toString('hex');
      const payments = await startPayments(folder, webhookSecret);
      const env = {
        DATABASE_URL: databaseUrl,
        JWT_SECRET: randomBytes(32).toString('hex'),
        JWT_TTL_MS: String(JWT_TTL_MS),
        STRATEGY: options.strategy,
        UNSAFE: options.unsafe ? '1' : '',
        HOLD_TTL_MS: String(options.holdTtlMs),
        SWEEP_INTERVAL_MS: String(options.sweepIntervalMs),
        ADMIN_USERNAME: admin.username,
        ADMIN_PASSWORD: admin.password,
        ...(payments !== undefined && {
          PAYMENT_URL: payments.url,
          PAYMENT_WEBHOOK_SECRET: webhookSecret,
        }),
        ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
        ...(kafkaBrokers !== undefined && { KAFKA_BROKERS: kafkaBrokers }),
      };
      const servers = await scope.startAll(
        ports.map((port, index) =>
          createServerInstance({
            name: `server-${index + 1}`,
            env,
            port,
            logFile: join(folder, `server-${index + 1}.log`),
            onEvent,
          }),
        ),
      );
      const targets = servers.map(({ url }) => url);
      const adminToken = await logIn(targets[0] as string, admin);
      const ownDatabase = `the database${new URL(databaseUrl).pathname.replace('/', ' ')}`;
      const kept = options.databaseUrl === undefined ? [folder] : [folder, ownDatabase];
      return {
        targets,
        adminToken,
        databaseUrl,
        redisUrl,
        kafkaBrokers,
        parts: { postgres, redis, kafka, payments, servers },
        folder,
        kept: keep ? kept : [],
      };
    },
    stop: () => scope.stop(),
  };
}

/** A database of its own on the server behind `adminUrl`; starting gives its URL. */
const database = (adminUrl: string, { drop }: { drop: boolean }): Resource<string> => {
  const name = `flashsale_${randomBytes(6).toString('hex')}`;
  let made = false;
  return {
    name: `database ${name}`,
    async start() {
      const url = await createDatabase(adminUrl, name);
      made = true;
      return url;
    },
    async stop() {
      if (made && drop) await dropDatabase(adminUrl, name);
    },
  };
};

/** @throws UserError (environment) when the server refuses the account it was started with */
async function logIn(
  target: string,
  credentials: { username: string; password: string },
): Promise<string> {
  const answer = await fetch(`${target}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  const session = Session.safeParse(await answer.json().catch(() => undefined));
  if (session.success) return session.data.token;
  throw UserError.environment(`${target} refused the administrator`, {
    why: `its login answered ${answer.status}`,
    next: 'run with --keep and look into the server logs of the run folder',
  });
}
