import { isIP } from 'node:net';
import type { SecureVersion } from 'node:tls';
import { z } from 'zod';
import type { HostTarget } from '../load/http/http-options.ts';
import { blockListOf, type NameOptions } from '../load/http/name-lookup.ts';
import { createSecureContexts, knownCipherSuites, type TlsOptions } from '../load/http/tls.ts';
import { hasFigure, hasThresholdFigure, thresholdFiguresOf } from '../load/metrics/figures.ts';
import type { Metrics } from '../load/metrics/metrics.ts';
import { SYSTEM_TAGS } from '../load/metrics/system-tags.ts';
import { parseSelector, parseThreshold, type ThresholdOption } from '../load/metrics/thresholds.ts';
import type { LoadOptions } from '../load/options.ts';
import { durationMs, positiveDurationMs } from '../load/schedule/duration.ts';
import { executors } from '../load/schedule/executors/registry.ts';
import type { ScenarioOptions } from '../load/schedule/scenario-options.ts';

/** An options object that cannot be run as it stands; the message says where and why. */
export class OptionsError extends Error {}

const tags = z.record(z.string(), z.coerce.string());

const thresholdList = z.array(
  z.union([
    z.string(),
    z.strictObject({
      threshold: z.string(),
      abortOnFail: z.boolean().default(false),
      delayAbortEval: durationMs.default(0),
    }),
  ]),
);

/** `10.0.0.1`, `10.0.0.1:8080`, `[::1]:8080`. */
function parseHostTarget(text: string, context: z.core.$RefinementCtx): HostTarget {
  const [, bracketed, plain, port] =
    /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+|[\da-fA-F]*:[\da-fA-F:.]*:[\da-fA-F.]*))(?::(\d{1,5}))?$/.exec(
      text,
    ) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && isIP(host) > 0) {
    return { host, ...(port !== undefined && { port: Number(port) }) };
  }
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not an IP address, or one with a port`,
  });
  return z.NEVER;
}

const DNS_TTL_MS_DEFAULT = 5 * 60_000;

function isAddressRange(range: string): boolean {
  try {
    blockListOf(range);
    return true;
  } catch {
    return false;
  }
}

const tlsVersion = z
  .enum(['tls1.0', 'tls1.1', 'tls1.2', 'tls1.3'])
  .transform((name) =>
    name === 'tls1.0' ? 'TLSv1' : (name.replace('tls', 'TLSv') as SecureVersion),
  )
  .optional();

/** What Node cannot speak is not offered; there has to be one that it can. */
function readCipherSuites(names: string[], context: z.core.$RefinementCtx): string[] {
  const known = knownCipherSuites(names);
  if (known.length > 0 || names.length === 0) return known;
  context.addIssue({ code: 'custom', message: `none of ${names.join(', ')} is known to Node` });
  return z.NEVER;
}

/** k6's options that mean something here. Everything else is refused by name, never ignored. */
const optionsSchema = z.strictObject({
  scenarios: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  // Shorthand for one scenario.
  vus: z.int().optional(),
  iterations: z.int().optional(),
  duration: z.union([z.string(), z.number()]).optional(),
  stages: z.array(z.looseObject({ duration: z.unknown().optional() })).optional(),
  thresholds: z.record(z.string(), thresholdList).default({}),
  tags: tags.default({}),
  userAgent: z.string().default('flashsale-cli'),
  maxRedirects: z.int().min(0).default(10),
  discardResponseBodies: z.boolean().default(false),
  throw: z.boolean().default(false),
  insecureSkipTLSVerify: z.boolean().default(false),
  tlsVersion: z
    .union([tlsVersion, z.strictObject({ min: tlsVersion, max: tlsVersion })], {
      error: 'is not one of "tls1.0" to "tls1.3", nor { min, max } of them',
    })
    .optional(),
  tlsCipherSuites: z.array(z.string()).transform(readCipherSuites).optional(),
  tlsAuth: z
    .array(
      z.strictObject({
        domains: z.array(z.string()).nullish(),
        cert: z.string(),
        key: z.string(),
        password: z.string().nullish(),
      }),
    )
    .optional(),
  dns: z
    .strictObject({
      ttl: z
        .union([z.literal('inf').transform(() => Number.POSITIVE_INFINITY), durationMs])
        .default(DNS_TTL_MS_DEFAULT),
      select: z.enum(['first', 'random', 'roundRobin']).default('random'),
      policy: z
        .enum(['preferIPv4', 'preferIPv6', 'onlyIPv4', 'onlyIPv6', 'any'])
        .default('preferIPv4'),
    })
    .optional(),
  blockHostnames: z.array(z.string()).default([]),
  blacklistIPs: z.array(z.string().refine(isAddressRange, 'is no range of addresses')).default([]),
  rps: z.number().min(0).default(0),
  systemTags: z.array(z.enum(SYSTEM_TAGS)).optional(),
  hosts: z.record(z.string(), z.string().transform(parseHostTarget)).default({}),
  noConnectionReuse: z.boolean().default(false),
  noVUConnectionReuse: z.boolean().default(false),
  minIterationDuration: durationMs.default(0),
  batch: z.int().min(1).default(20),
  batchPerHost: z.int().min(1).default(6),
  noCookiesReset: z.boolean().default(false),
  // As in k6, whatever is not "full" leaves the bodies out.
  httpDebug: z.string().default(''),
  noSetup: z.boolean().default(false),
  noTeardown: z.boolean().default(false),
  setupTimeout: positiveDurationMs.default(60_000),
  teardownTimeout: positiveDurationMs.default(60_000),
  handleSummaryTimeout: positiveDurationMs.default(120_000),
  summaryTrendStats: z
    .array(z.string().refine((figure) => hasFigure('trend', figure), 'is not a figure of a trend'))
    .default(['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)']),
  // k6 leaves this to others; what is there for them is left alone.
  ext: z
    .looseObject({
      flashsale: z
        .strictObject({
          allowExceptions: z.boolean().optional(),
          // What may stand in there only the run knows.
          thresholds: z.unknown().optional(),
        })
        .optional(),
    })
    .optional(),
  // k6's unit of the times in its own summary. Ours chooses for each number.
  summaryTimeUnit: z.enum(['s', 'ms', 'us']).optional(),
  // Without meaning outside k6's own services and workings, and so harmless.
  cloud: z.unknown().optional(),
  noUsageReport: z.boolean().optional(),
  metricSamplesBufferSize: z.number().optional(),
  paused: z.literal(false, { error: 'a run cannot begin paused here' }).optional(),
  vusMax: z.number().optional(),
  linger: z
    .literal(false, { error: 'nothing is left to be asked once a run has ended' })
    .optional(),
});

/** Options given beside the script, as k6's flags of these names are. */
export interface OptionOverrides {
  vus?: number;
  iterations?: number;
  duration?: string;
  stages?: { duration: string; target: number }[];
  httpDebug?: string;
}

/** By k6's rule, any of them that plans the run, but `vus`, takes the place of everything the script says of how it is to be run. */
export function overrideOptions(exported: unknown, overrides: OptionOverrides): unknown {
  const { vus, httpDebug, ...plan } = overrides;
  const given = Object.fromEntries(
    Object.entries(overrides).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(given).length === 0) return exported;
  const isReplanned = Object.values(plan).some((value) => value !== undefined);
  const replaced = { scenarios: undefined, iterations: undefined, duration: undefined };
  return {
    ...(exported as Record<string, unknown> | undefined),
    ...(isReplanned && { ...replaced, stages: undefined }),
    ...given,
  };
}

/** Fields every scenario has, whatever its executor. */
const commonFields = {
  executor: z.string(),
  startTime: durationMs.default(0),
  gracefulStop: durationMs.default(30_000),
  exec: z.string().default('default'),
  env: z.record(z.string(), z.coerce.string()).default({}),
  tags: tags.default({}),
};
const common = z.object(commonFields);

/**
 * Checks a script's exported options and fills in k6's defaults. `exports` are the functions a scenario can name, and
 * `metrics` those that exist once init code has run. Throws OptionsError.
 */
export function readOptions(
  exported: unknown,
  { exports, metrics }: { exports: string[]; metrics: Metrics },
): LoadOptions {
  const options = parse(optionsSchema, exported ?? {}, '');
  const written = scenariosOf(options);
  const scenarios = Object.entries(written).map(([name, fields]) =>
    readScenario(name, fields, exports),
  );
  return {
    scenarios,
    thresholds: Object.entries(options.thresholds).flatMap(([metric, list]) =>
      list.map((threshold) => readThreshold(metric, threshold, metrics)),
    ),
    runThresholds: options.ext?.flashsale?.thresholds,
    tags: options.tags,
    allowExceptions: options.ext?.flashsale?.allowExceptions ?? false,
    http: {
      userAgent: options.userAgent,
      redirectsMax: options.maxRedirects,
      discardResponseBodies: options.discardResponseBodies,
      throwOnFailure: options.throw,
      insecureSkipTlsVerify: options.insecureSkipTLSVerify,
      tls: tlsOf(options),
      hosts: options.hosts,
      names: namesOf(options),
      ...(options.rps > 0 && { requestsPerSecondMax: options.rps }),
      keepConnections: options.noConnectionReuse
        ? 'never'
        : options.noVUConnectionReuse
          ? 'iteration'
          : 'always',
      batchMax: options.batch,
      batchPerHostMax: options.batchPerHost,
      keepCookies: options.noCookiesReset,
      ...(options.httpDebug && { debug: options.httpDebug === 'full' ? 'full' : 'headers' }),
    },
    minIterationMs: options.minIterationDuration,
    runsSetup: !options.noSetup,
    runsTeardown: !options.noTeardown,
    setupTimeoutMs: options.setupTimeout,
    teardownTimeoutMs: options.teardownTimeout,
    summaryTimeoutMs: options.handleSummaryTimeout,
    summaryTrendStats: options.summaryTrendStats,
    ...(options.systemTags && { systemTags: options.systemTags }),
    exported: { ...(exported as Record<string, unknown> | undefined), scenarios: written },
  };
}

type Options = z.output<typeof optionsSchema>;

function namesOf({ dns, blockHostnames, blacklistIPs }: Options): NameOptions | undefined {
  if (!dns && blockHostnames.length === 0 && blacklistIPs.length === 0) return undefined;
  return {
    ...(dns && { dns: { ttlMs: dns.ttl, select: dns.select, policy: dns.policy } }),
    blockedNames: blockHostnames,
    blockedRanges: blacklistIPs,
  };
}

function tlsOf({ tlsVersion: version, tlsCipherSuites, tlsAuth }: Options): TlsOptions | undefined {
  if (!version && !tlsCipherSuites && !tlsAuth) return undefined;
  const range = typeof version === 'string' ? { min: version, max: version } : version;
  return {
    ...(range?.min && { versionMin: range.min }),
    ...(range?.max && { versionMax: range.max }),
    ...(tlsCipherSuites?.length && { cipherSuites: tlsCipherSuites }),
    certificates: (tlsAuth ?? []).map(({ domains, cert, key, password }, index) => {
      const certificate = { domains: domains ?? [], cert, key, ...(password && { password }) };
      try {
        createSecureContexts({ certificates: [{ ...certificate, domains: [] }] })('any');
      } catch (error) {
        throw new OptionsError(`tlsAuth.${index}: ${(error as Error).message}`, { cause: error });
      }
      return certificate;
    }),
  };
}

/** The scenarios as written, or the one that the shorthand stands for, by k6's rules; `vus` alone beside scenarios says nothing. */
function scenariosOf(options: Options): Record<string, Record<string, unknown>> {
  const { vus, iterations, duration, stages } = options;
  const ramps = stages !== undefined && stages.length > 0;
  const refuseBoth = (shorthand: string, other: string, given: boolean): void => {
    if (!given) return;
    throw new OptionsError(
      `using \`${shorthand}\` and \`${other}\` options simultaneously is not allowed`,
    );
  };
  if (iterations !== undefined) {
    refuseBoth('iterations', 'stages', ramps);
    refuseBoth('iterations', 'scenarios', options.scenarios !== undefined);
    return { default: { executor: 'shared-iterations', vus, iterations, maxDuration: duration } };
  }
  if (duration !== undefined) {
    refuseBoth('duration', 'stages', ramps);
    refuseBoth('duration', 'scenarios', options.scenarios !== undefined);
    return { default: { executor: 'constant-vus', vus, duration } };
  }
  if (ramps) {
    refuseBoth('stages', 'scenarios', options.scenarios !== undefined);
    // k6 leaves out the stages without a duration here, and only here.
    const timed = stages.filter((stage) => stage.duration !== undefined);
    return { default: { executor: 'ramping-vus', stages: timed, startVUs: vus } };
  }
  if (options.scenarios && Object.keys(options.scenarios).length > 0) return options.scenarios;
  // `vus` alone means nothing, in k6 too: there is one iteration.
  return { default: { executor: 'per-vu-iterations' } };
}

function readScenario(
  name: string,
  fields: Record<string, unknown>,
  exports: string[],
): ScenarioOptions {
  const place = `scenarios.${name}`;
  const executor = executors.find((candidate) => candidate.name === fields.executor);
  if (!executor) {
    const known = executors.map((candidate) => candidate.name).join(', ');
    throw new OptionsError(
      fields.executor === undefined
        ? `${place}.executor is missing (supported: ${known})`
        : `${place}.executor "${String(fields.executor)}" is not supported (supported: ${known})`,
    );
  }
  const present = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  );
  const own = parse(executor.fields.extend(commonFields), present, place);
  const { startTime, gracefulStop, exec, env, tags: scenarioTags } = parse(common, present, place);
  if (!exports.includes(exec)) {
    throw new OptionsError(
      exec === 'default'
        ? `${place} runs the default export, but the script exports no default function`
        : `${place}.exec names "${exec}", which the script does not export as a function`,
    );
  }
  return {
    name,
    executor: executor.name,
    plan: planOf(() => executor.plan(own as never), place),
    exec,
    startTimeMs: startTime,
    gracefulStopMs: gracefulStop,
    env,
    tags: scenarioTags,
  };
}

function planOf<Plan>(plan: () => Plan, place: string): Plan {
  try {
    return plan();
  } catch (error) {
    throw new OptionsError(`${place}: ${(error as Error).message}`, { cause: error });
  }
}

function readThreshold(
  metricText: string,
  threshold: string | { threshold: string; abortOnFail: boolean; delayAbortEval: number },
  metrics: Metrics,
): ThresholdOption {
  const place = `thresholds["${metricText}"]`;
  const written =
    typeof threshold === 'string'
      ? { threshold, abortOnFail: false, delayAbortEval: 0 }
      : threshold;
  const selector = parseSelector(metricText);
  if (!selector) {
    throw new OptionsError(`${place} is not a metric like http_reqs or http_reqs{status:200}`);
  }
  const metric = metrics.get(selector.metric);
  if (!metric) {
    const known = metrics.all().map(({ name }) => name);
    throw new OptionsError(
      `${place}: there is no metric "${selector.metric}" (there are: ${known.join(', ')})`,
    );
  }
  const expression = parseThreshold(written.threshold);
  if (!expression) {
    throw new OptionsError(
      `${place}: "${written.threshold}" is not a threshold like p(95)<500, rate>0.99 or count==0`,
    );
  }
  if (!hasThresholdFigure(metric.type, expression.figure)) {
    throw new OptionsError(
      `${place}: a ${metric.type} has no "${expression.figure}" (it has: ${thresholdFiguresOf(metric.type)})`,
    );
  }
  return {
    metric: metricText,
    expression: written.threshold,
    abortOnFail: written.abortOnFail,
    delayAbortEvalMs: written.delayAbortEval,
  };
}

/** Parses by a schema; the first issue becomes a sentence that names the option. */
function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const at = [place, ...issue.path.map(String)].filter(Boolean).join('.') || 'options';
  if (issue.code === 'unrecognized_keys') {
    const supported = schema instanceof z.ZodObject ? Object.keys(schema.shape).join(', ') : '';
    const inside = issue.path.length === 0 ? place : at;
    const key = [inside, issue.keys[0]].filter(Boolean).join('.');
    const known = issue.path.length === 0 && supported ? ` (supported: ${supported})` : '';
    throw new OptionsError(`the option "${key}" is not supported${known}`);
  }
  throw new OptionsError(`${at}: ${issue.message}`);
}
