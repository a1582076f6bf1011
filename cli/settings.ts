import { z } from 'zod';
import { UserError } from '../src/kernel/errors.ts';
import { durationMs } from '../src/load/schedule/duration.ts';
import { STRATEGIES, STRATEGY_NAMES } from '../src/protocol/strategies.ts';
import type { StackServices } from '../src/stack/stack.ts';
import { findConfigFile } from './config-file.ts';

/** Settings arrive as text from flags and variables, and as values from a config file. */
const wholeNumber = (min: number, max: number) =>
  z
    .preprocess(String, z.string())
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: ({ input }) => `"${input}" is not a whole number from ${min} to ${max}`,
    })
    .transform(Number);

const isHttpUrl = (url: string): boolean => /^https?:\/\//.test(url) && URL.canParse(url);
const withoutLastSlash = (url: string): string => new URL(url).href.replace(/\/+$/, '');

const baseUrl = z
  .string()
  .refine(isHttpUrl, {
    error: ({ input }) => `"${input}" is not a URL like http://127.0.0.1:3000`,
  })
  .transform(withoutLastSlash);

// What follows may hold a password, so it is not repeated.
const postgresUrl = z
  .string()
  .refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url), {
    error: 'it is not a URL like postgres://user:password@host:5432/database',
  });
const prometheusUrl = z
  .string()
  .refine(isHttpUrl, { error: 'it is not a URL like http://127.0.0.1:9090' })
  .transform(withoutLastSlash);

const isText = (value: unknown): value is string | string[] =>
  [value].flat().every((part) => typeof part === 'string');

/** The form of every setting, and what holds when nobody sets it. */
const Values = z.object({
  strategy: z
    .enum(STRATEGY_NAMES, {
      error: ({ input }) => `"${input}" is none of ${STRATEGY_NAMES.join(', ')}`,
    })
    .default('batched'),
  unsafe: z.stringbool().or(z.boolean()).default(false),
  instances: wholeNumber(1, 32).default(1),
  workers: wholeNumber(1, 64).default(1),
  stock: wholeNumber(1, 1_000_000_000).optional(),
  buyers: wholeNumber(1, 5_000_000).optional(),
  seed: wholeNumber(0, 2 ** 31 - 1).default(1),
  holdTtl: durationMs
    .refine((ms) => ms >= 100, 'a reservation lives at least 100ms')
    .default(120_000),
  target: z
    .preprocess(
      (urls) => (isText(urls) ? [urls].flat().flatMap((list) => list.split(/\s*,\s*/)) : urls),
      z.array(baseUrl).min(1),
    )
    .optional(),
  adminToken: z.string().min(1).optional(),
  databaseUrl: postgresUrl.optional(),
  prometheusUrl: prometheusUrl.optional(),
  sqlUrl: postgresUrl.optional(),
  redis: z.stringbool().or(z.boolean()).optional(),
  redisUrl: z
    .string()
    .refine((url) => /^rediss?:\/\//.test(url) && URL.canParse(url), {
      error: 'it is not a URL like redis://user:password@host:6379',
    })
    .optional(),
  kafka: z.stringbool().or(z.boolean()).default(false),
  kafkaBrokers: z
    .string()
    .regex(/^[\w.-]+:\d+(,[\w.-]+:\d+)*$/, {
      error: ({ input }) => `"${input}" is not a list like host:9092,host:9092`,
    })
    .optional(),
  kafkaHome: z.string().min(1).optional(),
  port: wholeNumber(1, 65_535).optional(),
});

/** Durations in milliseconds. */
export type Settings = z.infer<typeof Values>;
export type SettingName = keyof Settings;

/** How each setting is named on the command line and in the environment; the first variable that is set counts. */
export const SETTINGS: Record<
  SettingName,
  {
    flag: string;
    env: string[];
    description: string;
    secret?: boolean;
    repeatable?: boolean;
    /** A switch that may also be turned off: `--no-…`. */
    negatable?: boolean;
  }
> = {
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
    description: 'threads that fire buyers, each on a core of its own (default: 1)',
  },
  stock: {
    flag: '--stock <units>',
    env: ['FLASHSALE_STOCK'],
    description: 'units on sale (default: what the scenario says)',
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
    flag: '--target <url>',
    env: ['FLASHSALE_TARGET'],
    description:
      'base URL of a server that already runs, repeatable for several instances; none is started then',
    repeatable: true,
  },
  adminToken: {
    flag: '--admin-token <token>',
    env: ['FLASHSALE_ADMIN_TOKEN'],
    description: 'token of the role admin on the target',
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
    description: 'Prometheus that the PromQL thresholds of a scenario ask',
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
    description: 'Kafka brokers that run already, for the server to use',
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
};

/** Settings of what the server uses beside PostgreSQL. */
export const SERVICE_SETTINGS = [
  'redis',
  'redisUrl',
  'kafka',
  'kafkaBrokers',
  'kafkaHome',
] as const satisfies SettingName[];

/** Instances share what they admit and forget through Redis; one alone has its memory, unless it locks in Redis. */
export function servicesOf(settings: Settings): StackServices {
  const { redis, redisUrl, kafka, kafkaBrokers, kafkaHome, strategy, instances } = settings;
  const byDefault = STRATEGIES[strategy].needsRedis || (instances > 1 && 'if_there');
  return { redis: redis ?? byDefault, redisUrl, kafka, kafkaBrokers, kafkaHome };
}

export interface Resolved {
  settings: Settings;
  /** Where each value came from: `--stock`, `FLASHSALE_STOCK`, `flashsale.config.yaml`, `default`. */
  origins: Record<SettingName, string>;
}

/**
 * Every setting's value: a flag wins over the environment, that over the config file in `cwd`, that over the default.
 *
 * @throws UserError (usage) that names the value, where it came from and what it should be
 */
export async function resolveSettings(sources: {
  flags: Record<string, unknown>;
  env: Record<string, string | undefined>;
  cwd: string;
}): Promise<Resolved> {
  const { flags, env, cwd } = sources;
  const file = await findConfigFile(cwd);
  assertKnown(Object.keys(file?.values ?? {}), file?.name ?? '');

  const given: Record<string, unknown> = {};
  const origins = {} as Record<SettingName, string>;
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const { flag, env: variables } = SETTINGS[name];
    const variable = variables.find((variable) => env[variable]);
    if (flags[name] !== undefined) {
      given[name] = flags[name];
      origins[name] = flag.split(' ')[0] as string;
    } else if (variable !== undefined) {
      given[name] = env[variable];
      origins[name] = variable;
    } else if (file?.values[name] !== undefined) {
      given[name] = file.values[name];
      origins[name] = file.name;
    } else {
      origins[name] = 'default';
    }
  }

  const parsed = Values.safeParse(given);
  if (parsed.success) return { settings: parsed.data, origins };
  const issue = parsed.error.issues[0];
  const name = issue?.path[0] as SettingName;
  throw UserError.usage(`${origins[name]} cannot be used`, {
    why: issue?.message ?? 'its value is not understood',
    next: `correct it; it is: ${SETTINGS[name].description}`,
  });
}

function assertKnown(names: string[], file: string): void {
  const unknown = names.find((name) => !(name in SETTINGS));
  if (unknown === undefined) return;
  throw UserError.usage(`${file} has a setting that does not exist`, {
    why: `"${unknown}" is none of ${Object.keys(SETTINGS).join(', ')}`,
    next: `remove it or correct its name in ${file}`,
  });
}
