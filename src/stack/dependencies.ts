import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { StackOptions } from './options.ts';
import { ANY_PORT } from './processes/free-port.ts';
import type { Scope } from './resource.ts';
import { kafkaHomeByDefault } from './services/find-kafka.ts';
import { createKafkaBroker, type KafkaBroker, probeKafka } from './services/kafka.ts';
import { createMailServer, type MailServer } from './services/mail-server.ts';
import {
  createRedisServer,
  isRedisServerThere,
  probeRedis,
  type RedisServer,
} from './services/redis.ts';
import { createServerInstance, type ServerInstance } from './services/server-instance.ts';

/** A service that the servers use, started here or elsewhere. */
interface Dependency<Part> {
  /** The service, if the stack started it. */
  part?: Part;
  /** The servers' environment variables that lead to the service; none if the servers do without it. */
  env: Record<string, string>;
}

interface StartContext {
  scope: Scope;
  /** The run's folder. */
  folder: string;
}

/**
 * The services beside PostgreSQL, each with the function that starts it if the options ask for it.
 *
 * Each throws a UserError (environment) when the service does not start, or one that the options name does not answer.
 */
const DEPENDENCIES = {
  redis: startRedis,
  kafka: startKafka,
  payments: startPayments,
  smtp: startSmtp,
};

type Starts = typeof DEPENDENCIES;
export type DependencyParts = {
  [Name in keyof Starts]: Awaited<ReturnType<Starts[Name]>>['part'];
};

/**
 * Starts all services side by side. Answers with those that were started, and the variables that lead to all of them.
 */
export async function startDependencies(
  options: StackOptions,
  context: StartContext,
): Promise<{ parts: DependencyParts; env: Record<string, string> }> {
  const names = Object.keys(DEPENDENCIES) as (keyof Starts)[];
  const started = await Promise.all(names.map((name) => DEPENDENCIES[name](options, context)));
  return {
    parts: Object.fromEntries(
      names.map((name, index) => [name, started[index]?.part]),
    ) as DependencyParts,
    env: Object.assign({}, ...started.map(({ env }) => env)),
  };
}

async function startRedis(
  { redis, redisUrl, keep: keepData, onEvent }: StackOptions,
  { scope, folder }: StartContext,
): Promise<Dependency<RedisServer>> {
  if (redisUrl !== undefined) {
    await probeRedis(redisUrl);
    return { env: { REDIS_URL: redisUrl } };
  }
  const isWanted = redis === 'if_there' ? await isRedisServerThere() : redis;
  if (!isWanted) return { env: {} };
  const onDeath = (why: string) => onEvent({ type: 'service_died', name: 'Redis', why });
  const part = await scope.start(createRedisServer({ folder, keepData, onDeath }));
  return { part, env: { REDIS_URL: part.url } };
}

async function startKafka(
  { kafka, kafkaBrokers, kafkaAccess, kafkaHome, keep: keepData, onEvent }: StackOptions,
  { scope, folder }: StartContext,
): Promise<Dependency<KafkaBroker>> {
  if (kafkaBrokers !== undefined) {
    await probeKafka(kafkaBrokers, kafkaAccess);
    return { env: { KAFKA_BROKERS: kafkaBrokers, ...kafkaAccess } };
  }
  if (!kafka) return { env: {} };
  const home = kafkaHome ?? kafkaHomeByDefault();
  const onDeath = (why: string) => onEvent({ type: 'service_died', name: 'Kafka', why });
  const part = await scope.start(createKafkaBroker({ folder, home, keepData, onDeath }));
  return { part, env: { KAFKA_BROKERS: part.brokers } };
}

async function startPayments(
  { payments, onEvent }: StackOptions,
  { scope, folder }: StartContext,
): Promise<Dependency<ServerInstance>> {
  if (payments === undefined) return { env: {} };
  const webhookSecret = randomBytes(32).toString('hex');
  const part = await scope.start(
    createServerInstance({
      name: 'payments',
      script: 'server/payment-provider/main.ts',
      env: {
        BEHAVIOUR: JSON.stringify(payments),
        WEBHOOK_SECRET: webhookSecret,
        JOURNAL: join(folder, 'payments.ndjson'),
      },
      port: ANY_PORT,
      logFile: join(folder, 'payments.log'),
      onEvent,
    }),
  );
  return { part, env: { PAYMENT_URL: part.url, PAYMENT_WEBHOOK_SECRET: webhookSecret } };
}

async function startSmtp(
  { mails = false, onEvent }: StackOptions,
  { scope, folder }: StartContext,
): Promise<Dependency<MailServer>> {
  if (!mails) return { env: {} };
  const part = await scope.start(createMailServer({ folder, onEvent }));
  return { part, env: { SMTP_URL: part.smtpUrl, MAIL_FROM: 'shop@flashsale.test' } };
}
