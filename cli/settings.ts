import type { Command } from 'commander';
import * as z from 'zod';
import { UserError } from '../src/kernel/errors.ts';
import { nearestWord } from '../src/kernel/nearest-word.ts';
import { durationMs } from '../src/load/schedule/duration.ts';
import { accessVariablesIn } from '../src/protocol/kafka-access.ts';
import { STRATEGIES, STRATEGY_NAMES } from '../src/protocol/strategies.ts';
import type { StackServices } from '../src/stack/options.ts';
import { isTargetFile } from '../src/target/file/is-target-file.ts';
import { findConfigFile } from './config-file.ts';
import type { CliContext } from './context.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './setting-flags.ts';

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

/** A base URL, or the path of a target file. */
const target = z
  .string()
  .refine((text) => isHttpUrl(text) || isTargetFile(text), {
    error: ({ input }) =>
      `"${input}" is not a URL like http://127.0.0.1:3000, nor a target file (*.yaml, *.json, *.ts)`,
  })
  .transform((text) => (isTargetFile(text) ? text : withoutLastSlash(text)));

// These URLs may hold a password, so an error does not repeat them.
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

const didYouMean = (input: unknown, known: readonly string[]): string => {
  const near = typeof input === 'string' ? nearestWord(input, known) : undefined;
  return near === undefined ? '' : `; did you mean ${near}?`;
};

/** The form and the default of every setting. */
const Values = z.object({
  strategy: z
    .enum(STRATEGY_NAMES, {
      error: ({ input }) =>
        `"${input}" is none of ${STRATEGY_NAMES.join(', ')}${didYouMean(input, STRATEGY_NAMES)}`,
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
      z
        .array(target)
        .min(1)
        .refine((targets) => targets.length === 1 || !targets.some(isTargetFile), {
          error: 'there is one target file, or else there are URLs',
        }),
    )
    .optional(),
  iOwnThisServer: z.stringbool().or(z.boolean()).default(false),
  adminToken: z.string().min(1).optional(),
  userToken: z.string().min(1).optional(),
  databaseUrl: postgresUrl.optional(),
  prometheusUrl: prometheusUrl.optional(),
  traces: z
    .string()
    .refine(isHttpUrl, { error: 'it is not a URL like http://127.0.0.1:4318' })
    .transform(withoutLastSlash)
    .optional(),
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
} satisfies Record<SettingName, z.ZodType>);

/** Durations in milliseconds. */
export type Settings = z.infer<typeof Values>;

/**
 * The services of a stack. Several instances share their admissions through Redis and get one unasked where there is one;
 * a single instance keeps them in memory, unless its strategy locks in Redis.
 *
 * @param env the variables that let servers into brokers which run already are those of the server itself
 */
export function servicesOf(
  settings: Settings,
  env: Record<string, string | undefined>,
): StackServices {
  const { redis, redisUrl, kafka, kafkaBrokers, kafkaHome, strategy, instances } = settings;
  const byDefault = STRATEGIES[strategy].needsRedis || (instances > 1 && 'if_there');
  const kafkaAccess = accessVariablesIn(env);
  return { redis: redis ?? byDefault, redisUrl, kafka, kafkaBrokers, kafkaAccess, kafkaHome };
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
  for (const name of SETTING_NAMES) {
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
    why: `"${unknown}" is none of ${SETTING_NAMES.join(', ')}${didYouMean(unknown, SETTING_NAMES)}`,
    next: `remove it or correct its name in ${file}`,
  });
}

/** The settings of a command that was typed. */
export const settingsOf = (command: Command, context: CliContext): Promise<Resolved> =>
  resolveSettings({ flags: command.opts(), env: context.env, cwd: context.cwd });

/** Refuses what the server would refuse as well, but only after a database was started for it. */
export function assertSafe({ strategy, unsafe, target }: Settings): void {
  if (!STRATEGIES[strategy].isUnsafe || unsafe || target !== undefined) return;
  throw UserError.usage(`strategy ${strategy} is refused`, {
    why: 'it oversells on purpose, to show that the verdict catches it',
    next: 'add --unsafe to see it fail, or choose another --strategy',
  });
}

/** The path of the target file that the settings name; undefined for URLs. */
export const targetFileOf = ({ target }: Pick<Settings, 'target'>): string | undefined =>
  target?.find(isTargetFile);

/** The error of `--buyers-file` without a target file. */
export const buyersFileIsForShops = (): UserError =>
  UserError.usage('--buyers-file is for the shop of a target file', {
    why: 'the buyers of a server of ours are made within a second',
    next: 'leave it out, or add --target FILE',
  });
