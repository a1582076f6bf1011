import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UserError } from '../../kernel/errors.ts';
import { throwUnhandledRejection } from '../../load/engine/script-errors.ts';
import { abortFailure } from '../../load/engine/script-failure.ts';
import { createHttpMetrics } from '../../load/metrics/http-metrics.ts';
import { createMetrics } from '../../load/metrics/metrics.ts';
import { defineRunMetrics } from '../../load/metrics/run-metrics.ts';
import { AbortedInInit } from '../../load/vu/aborted-in-init.ts';
import type { LoadedScript, ScriptFunctions } from '../../load/vu/script.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { startVuThread } from '../blocking/vu-thread.ts';
import { type OptionOverrides, overrideOptions } from '../options/overrides.ts';
import { readOptions } from '../options/read-options.ts';
import { createWaitWatch } from '../runtime/wait-watch.ts';
import { type BundledScript, bundleScript } from './bundle.ts';
import { compileBundle, type Evaluator, functionsIn, type ScriptExports } from './evaluate.ts';
import type { KnownTexts } from './known-texts.ts';
import { shortPath } from './origins.ts';
import { createReaderVu } from './reader-vu.ts';
import { moduleMembers, scriptEnvironment } from './vu-modules.ts';

/**
 * Bundles a TypeScript or JavaScript k6 script, runs its init code once and checks its options. Files that the script
 * reads lazily (`SharedArray`) are not read yet, so this works before there is any data to sell.
 *
 * @param path as typed, relative to the working directory
 * @throws UserError (usage): no such file, syntax error, unsupported module or option, init code that throws
 */
export async function loadScript(
  path: string,
  {
    env,
    overrides = {},
    knownTexts = new Map(),
    abandoned,
    way,
  }: {
    /** `__ENV` while the options are read. */
    env: Record<string, string>;
    /** Options that stand over the script's own. */
    overrides?: OptionOverrides;
    /** Texts that are in no file here: a script from standard input, modules fetched when it was loaded before. */
    knownTexts?: KnownTexts;
    /** Aborted when the script is not needed any more. */
    abandoned?: AbortSignal;
    /** `threads` runs it in a thread for each VU, also if it could do without. */
    way?: 'threads' | undefined;
  },
): Promise<LoadedScript> {
  const absolute = resolve(path);
  if (!knownTexts.has(absolute)) assertIsFile(path, absolute);
  const bundled = await bundleScript(absolute, moduleMembers(), knownTexts, abandoned);
  // Nothing blocks in init code, so the script's own text will do.
  const evaluator = compileBundle(absolute, bundled.asWritten);
  const evaluate = (vu: Vu) => evaluator.evaluate(vu, scriptEnvironment(vu, absolute));

  const metrics = createMetrics();
  createHttpMetrics(metrics);
  defineRunMetrics(metrics);
  const builtIn = new Set(metrics.all().map(({ name }) => name));
  const exported = await failAsUsage(
    () =>
      throwUnhandledRejection(evaluator.owns, () =>
        untilStuck(evaluate(createReaderVu(env, metrics))),
      ),
    `${shortPath(absolute)} failed while its options were read`,
    { path, evaluator },
  );
  const exports = Object.keys(functionsIn(exported));
  const options = await failAsUsage(
    () =>
      readOptionsOf(exported, () =>
        readOptions(overrideOptions(exported.options, overrides), { exports, metrics }),
      ),
    `the options of ${shortPath(absolute)} cannot be run`,
    { path, evaluator },
  );

  return {
    path: absolute,
    name: knownTexts.has(absolute) ? 'stdin' : basename(absolute).replace(/\.[^.]+$/, ''),
    options,
    sale: plainObject(exported.sale),
    exports,
    knownTexts,
    customMetrics: metrics
      .all()
      .filter(({ name }) => !builtIn.has(name))
      .map(({ name, type, contains }) => ({ name, type, contains })),
    ...createWay(absolute, bundled, exports, way === 'threads' || options.threads === true),
  };
}

/** Reads the options of a script whose functions of the run are functions, as k6 demands. */
function readOptionsOf<Options>(exported: ScriptExports, read: () => Options): Options {
  const options = read();
  for (const name of ['setup', 'teardown', 'handleSummary']) {
    const value = exported[name];
    if (value === undefined || value === null || typeof value === 'function') continue;
    throw new Error(`the script exports a "${name}" that is no function`);
  }
  return options;
}

/** The way in which the script is run: with awaits where that means the same, else in a thread for each VU. */
function createWay(
  path: string,
  { awaiting, asWritten, obstacle, goesOnBeside }: BundledScript,
  names: string[],
  wantsThreads: boolean,
): Pick<LoadedScript, 'createVu' | 'describeError' | 'owns' | 'threaded' | 'reactsLater'> {
  if (!awaiting || wantsThreads) {
    const { describeError, owns } = compileBundle(path, asWritten);
    return {
      threaded: obstacle ?? 'its options ask for it',
      createVu: (vu) => startVuThread(vu, { path, bundle: asWritten, names, describeError }),
      describeError,
      owns,
    };
  }
  const { evaluate, describeError, owns } = compileBundle(path, awaiting);
  return {
    reactsLater: goesOnBeside,
    createVu(vu) {
      if (!goesOnBeside) vu.watch = createWaitWatch(vu);
      return endInit(vu, evaluate(vu, scriptEnvironment(vu, path)), names);
    },
    describeError,
    owns,
  };
}

/**
 * Waits for init code that waits. When nothing is left that could end the wait, Node would leave the process, and the run
 * would be over without a verdict.
 */
async function untilStuck(ready: ScriptExports | Promise<ScriptExports>): Promise<ScriptExports> {
  const stuck = new AbortController();
  const isStuck = once(process, 'beforeExit', { signal: stuck.signal }).then(
    (): never => {
      throw new Error('a top-level await waits for something that never comes');
    },
    () => ({}),
  );
  try {
    return await Promise.race([ready, isStuck]);
  } finally {
    stuck.abort();
  }
}

function assertIsFile(path: string, absolute: string): void {
  if (existsSync(absolute) && statSync(absolute).isFile()) return;
  throw UserError.usage(`there is no scenario ${path}`, {
    why: `${absolute} is not a file`,
    next: 'flashsale-cli scenarios list',
  });
}

/** The functions of a VU once its init code has run. A call before that waits for the init code. */
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
  // Each call gets the rejection; without any call it would count as unhandled.
  ready.catch(() => {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      (argument) =>
        known ? known[name]?.(argument) : ready.then((functions) => functions[name]?.(argument)),
    ]),
  );
}

/** Does some work; an error becomes a UserError that names the place in the script. */
async function failAsUsage<Result>(
  work: () => Result | Promise<Result>,
  failure: string,
  { path, evaluator }: { path: string; evaluator: Evaluator },
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AbortedInInit) throw abortFailure(path, error);
    const why = evaluator.describeError(error);
    throw UserError.usage(failure, { why, next: `mend ${path}`, cause: error });
  }
}

function plainObject(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}
