import type { LoadOptions } from '../options.ts';
import { perVuIterations } from '../schedule/executors/per-vu-iterations.ts';
import type { ScenarioOptions } from '../schedule/scenario-options.ts';
import type { LoadedScript, ScriptFunctions } from '../vu/script.ts';
import type { Vu } from '../vu/vu.ts';

/** A scenario that calls `default`; one iteration of one VU, unless the plan says otherwise. */
export function scenarioOptions(options: Partial<ScenarioOptions> = {}): ScenarioOptions {
  return {
    name: 'default',
    executor: 'per-vu-iterations',
    plan: perVuIterations.plan({ vus: 1, iterations: 1, maxDuration: 600_000 } as never),
    exec: 'default',
    startTimeMs: 0,
    gracefulStopMs: 30_000,
    env: {},
    tags: {},
    ...options,
  };
}

/** The options of a script that exports none. */
export function loadOptions(options: Partial<LoadOptions> = {}): LoadOptions {
  return {
    scenarios: [scenarioOptions()],
    thresholds: [],
    tags: {},
    allowExceptions: false,
    http: {
      userAgent: 'test',
      redirectsMax: 10,
      discardResponseBodies: false,
      throwOnFailure: false,
      insecureSkipTlsVerify: false,
      hosts: {},
      keepConnections: 'always',
      batchMax: 20,
      batchPerHostMax: 6,
      keepCookies: false,
    },
    minIterationMs: 0,
    runsSetup: true,
    runsTeardown: true,
    setupTimeoutMs: 60_000,
    teardownTimeoutMs: 60_000,
    summaryTimeoutMs: 60_000,
    summaryTrendStats: ['avg'],
    exported: {},
    ...options,
  };
}

/** A script without a file: `init` is its init code and returns its functions. */
export function createTestScript(
  init: (vu: Vu) => ScriptFunctions,
  options: Partial<LoadOptions> = {},
): LoadedScript {
  return {
    path: '/scripts/test.ts',
    name: 'test',
    options: loadOptions(options),
    exports: Object.keys(init({ id: 0 } as Vu)),
    knownTexts: new Map(),
    customMetrics: [],
    createVu: init,
    describeError: (error) => (error instanceof Error ? error.message : String(error)),
    owns: () => true,
  };
}
