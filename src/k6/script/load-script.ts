import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UserError } from '../../kernel/errors.ts';
import { throwUnhandledRejection } from '../../load/engine/script-errors.ts';
import { createCookieJar } from '../../load/http/cookie-jar.ts';
import { createCheckCounts } from '../../load/metrics/checks.ts';
import { createHttpMetrics } from '../../load/metrics/http-metrics.ts';
import { createMetrics, type Metrics } from '../../load/metrics/metrics.ts';
import { defineRunMetrics } from '../../load/metrics/run-metrics.ts';
import type { LoadedScript, ScriptFunctions } from '../../load/vu/script.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { modules } from '../modules/registry.ts';
import { type OptionOverrides, overrideOptions } from '../options/overrides.ts';
import { readOptions } from '../options/read-options.ts';
import { createConsole } from '../runtime/console.ts';
import { createOpen } from '../runtime/open-file.ts';
import { createTimers } from '../runtime/timers.ts';
import { createWebCrypto } from '../runtime/web-crypto.ts';
import { bundleScript, shortPath } from './bundle.ts';
import { compileBundle, functionsIn, type ScriptExports } from './evaluate.ts';
import type { RemoteModules } from './remote-modules.ts';

/**
 * Bundles a TypeScript or JavaScript k6 script, runs its init code once and checks its options. Nothing it opens
 * lazily (`SharedArray`) is read yet, so this works before there is any data to sell.
 *
 * `path` is taken as typed (relative to the working directory); `env` becomes `__ENV` while options are read, and
 * `overrides` stand over them.
 * Throws UserError (usage): no such file, syntax error, unsupported module or option, init code that throws.
 */
export async function loadScript(
  path: string,
  {
    env,
    overrides = {},
    remoteModules = new Map(),
    abandoned,
  }: {
    env: Record<string, string>;
    overrides?: OptionOverrides;
    /** What was fetched when the script was loaded elsewhere. */
    remoteModules?: RemoteModules;
    /** Aborted when nobody waits for the script any more. */
    abandoned?: AbortSignal;
  },
): Promise<LoadedScript> {
  const absolute = resolve(path);
  assertIsFile(path, absolute);
  const bundle = await bundleScript(absolute, moduleMembers(), remoteModules, abandoned);
  const evaluator = compileBundle(absolute, bundle);

  function evaluate(vu: Vu): ScriptExports | Promise<ScriptExports> {
    return evaluator.evaluate(vu, {
      require: createRequire(vu, absolute),
      open: createOpen(absolute, vu),
      globals: {
        console: createConsole(vu.log),
        crypto: createWebCrypto(vu),
        ...createTimers(vu),
      },
    });
  }

  const metrics = createMetrics();
  createHttpMetrics(metrics);
  defineRunMetrics(metrics);
  const builtIn = new Set(metrics.all().map(({ name }) => name));
  const exported = await failAsUsage(
    () => throwUnhandledRejection(evaluator.owns, () => evaluate(createReaderVu(env, metrics))),
    `${shortPath(absolute)} failed while its options were read`,
    path,
    evaluator.describeError,
  );
  const exports = Object.keys(functionsIn(exported));
  const options = await failAsUsage(
    () => readOptions(overrideOptions(exported.options, overrides), { exports, metrics }),
    `the options of ${shortPath(absolute)} cannot be run`,
    path,
    evaluator.describeError,
  );

  return {
    path: absolute,
    name: basename(absolute).replace(/\.[^.]+$/, ''),
    options,
    sale: plainObject(exported.sale),
    exports,
    remoteModules,
    customMetrics: metrics.all().flatMap(({ name }) => (builtIn.has(name) ? [] : [name])),
    createVu: (vu) => endInit(vu, evaluate(vu), exports),
    describeError: evaluator.describeError,
    owns: evaluator.owns,
  };
}

/** What each module has, asked of one that belongs to nobody. */
function moduleMembers(): Record<string, ReadonlySet<string>> {
  const vu = createReaderVu({}, createMetrics());
  return Object.fromEntries(
    Object.entries(modules).map(([name, create]) => [name, new Set(Object.keys(create(vu, '')))]),
  );
}

function assertIsFile(path: string, absolute: string): void {
  if (existsSync(absolute) && statSync(absolute).isFile()) return;
  throw UserError.usage(`there is no scenario ${path}`, {
    why: `${absolute} is not a file`,
    next: 'flashsale-cli scenarios list',
  });
}

/** What a VU has once its init code has run; what is called before waits for that. */
function endInit(
  vu: Vu,
  exported: ScriptExports | Promise<ScriptExports>,
  names: string[],
): ScriptFunctions {
  if (!(exported instanceof Promise)) {
    vu.initializing = false;
    return functionsIn(exported);
  }
  let known: ScriptFunctions | undefined;
  const ready = exported.then((exports) => {
    vu.initializing = false;
    known = functionsIn(exports);
    return known;
  });
  // Whoever calls hears of it.
  ready.catch(() => {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      (argument) =>
        known ? known[name]?.(argument) : ready.then((functions) => functions[name]?.(argument)),
    ]),
  );
}

async function failAsUsage<Result>(
  work: () => Result | Promise<Result>,
  what: string,
  path: string,
  describe: (error: unknown) => string,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw UserError.usage(what, { why: describe(error), next: `mend ${path}`, cause: error });
  }
}

/** The modules of one VU, each made when it is first imported. */
function createRequire(vu: Vu, scriptPath: string): (name: string) => object {
  const made = new Map<string, object>();
  return (name) => {
    let module = made.get(name);
    if (!module) {
      const members = modules[name]?.(vu, scriptPath);
      if (!members) throw new Error(`the module "${name}" is not supported`);
      // k6's modules can be imported by name and as a whole.
      module = { ...members, default: members, __esModule: true };
      made.set(name, module);
    }
    return module;
  };
}

function plainObject(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

/** A VU for reading options: init code runs in it, but there is no run to do anything in. */
function createReaderVu(env: Record<string, string>, metrics: Metrics): Vu {
  const nothing = (): void => {};
  return {
    id: 0,
    env: { ...env },
    initializing: true,
    isReader: true,
    currentIteration: undefined,
    interrupted: false,
    iterationCount: 0,
    group: '',
    tags: {},
    expectedStatus: null,
    random: Math.random,
    cookies: createCookieJar(() => 0),
    calls: { send: nothing, cancelAll: nothing, close: nothing },
    metrics,
    checks: createCheckCounts(),
    http: {
      userAgent: '',
      redirectsMax: 0,
      discardResponseBodies: false,
      throwOnFailure: false,
      insecureSkipTlsVerify: false,
      hosts: {},
      keepConnections: 'always',
      batchMax: 1,
      batchPerHostMax: 1,
      keepCookies: false,
    },
    run: {
      elapsedMs: () => 0,
      iterationsCompleted: () => 0,
      iterationsInterrupted: () => 0,
      vusActive: () => 0,
      vusInitialized: () => 0,
      options: {},
      abort: nothing,
      fail: nothing,
    },
    began: nothing,
    ended: nothing,
    pause: () => Promise.resolve(),
    meet: () => Promise.resolve(),
    release: undefined,
    after: () => nothing,
    awaiting: (promise) => promise,
    log: nothing,
    tag: () => undefined,
    allTags: () => ({}),
  };
}
