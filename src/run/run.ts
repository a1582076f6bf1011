import { setMaxListeners } from 'node:events';
import { loadScript } from '../k6/script/load-script.ts';
import { rootMessage } from '../kernel/errors.ts';
import { assertWritable } from '../kernel/writable.ts';
import type { Cut, LoadRun } from '../load/engine/load-run.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import { createScope, type Scope } from '../stack/resource.ts';
import type { RunDeps, RunOptions } from './context.ts';
import type { RunEvent } from './events.ts';
import { createRunSeries } from './metrics/run-series.ts';
import { plainLoad } from './plain-load.ts';
import type { LoadReport, SaleReport } from './run-report.ts';
import { runScript } from './run-script.ts';

/** A run under way. */
export interface Run {
  /**
   * First Ctrl-C: starts no new iterations and lets running ones finish; the verdict is still reached. Returns false if
   * there was no load yet, so that the run is given up.
   */
  stop(): boolean;
  /** Second Ctrl-C: abandons the run. `report` rejects with `Abandoned` once everything that was started is stopped. */
  abort(): void;
  /** Code of the script was dropped where it ran, because it would not have ended; the run goes on from there. */
  cut(cut: Cut): void;
  /** A `SaleReport` if the scenario sells something, else a `LoadReport`. */
  report: Promise<SaleReport | LoadReport>;
}

/** Thrown when a run is abandoned before it has a result. */
export class Abandoned extends Error {}

/**
 * Runs a scenario: to its verdict if it exports a `sale`, else as a plain load. Everything that the run started is
 * stopped before `report` settles.
 */
export function startRun(
  options: RunOptions,
  deps: Pick<RunDeps, 'clock' | 'onEvent' | 'onLimit'>,
): Run {
  const scope = createScope();
  const abandoned = new AbortController();
  const { signal } = abandoned;
  // Every request and every pause of the run listens, side by side.
  setMaxListeners(0, signal);
  let load: LoadRun | undefined;
  let isStopping = false;

  const abandonment = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      load?.abort();
      reject(signal.reason);
    });
  });
  const work = runScenario(options, {
    ...deps,
    scope,
    signal,
    isStopping: () => isStopping,
    abandon: (reason) => abandoned.abort(reason),
    onLoad(run) {
      load = run;
      // Asked to stop while the next of several rounds was prepared.
      if (isStopping) run.stop('interrupt');
    },
  });

  return {
    stop() {
      isStopping = true;
      // Before the load there is nothing to finish, and after it the verdict is on its way.
      if (load === undefined) abandoned.abort(new Abandoned());
      else load.stop('interrupt');
      return load !== undefined;
    },
    abort: () => abandoned.abort(new Abandoned()),
    cut(cut) {
      if (!load?.cut(cut)) abandoned.abort(new Abandoned());
    },
    report: settleStopped(Promise.race([work, abandonment]), scope, deps.onEvent),
  };
}

/** Loads the script first: a typing error in it is found before anything is started. */
async function runScenario(options: RunOptions, given: RunDeps): Promise<SaleReport | LoadReport> {
  assertResultsCanBeKept(options);
  const env = { ...options.env, ...scenarioEnv(options) };
  const { scenario, scenarioText } = options;
  const loaded = await loadScript(scenario, {
    env,
    overrides: options.overrides,
    abandoned: given.signal,
    ...(scenarioText !== undefined && { knownTexts: new Map([[scenario, scenarioText]]) }),
  });
  const script = options.leavesSummaryOut ? withoutSummary(loaded) : loaded;
  const scriptOptions = { ...options, env };
  const deps = withSeries(script, options, given);
  if (script.sale === undefined) {
    return runScript(script, plainLoad(script, options, deps), scriptOptions, deps);
  }
  // The drivers of PostgreSQL, Redis and Kafka and the checkers take longer to load than a small script to run.
  const { openSale } = await import('./open-sale.ts');
  const { runRounds } = await import('./rounds.ts');
  const sale = await openSale(script, scriptOptions, deps);
  return runRounds(script, sale, { ...scriptOptions, rounds: options.rounds ?? 1 }, deps);
}

/** Keeps the metrics of the run, where outputs are to show them. */
function withSeries(script: LoadedScript, options: RunOptions, deps: RunDeps): RunDeps {
  if ((options.outputs ?? []).length === 0) return deps;
  const { clock, onEvent } = deps;
  const series = createRunSeries(
    {
      scenario: script.name,
      testid: script.options.tags.testid ?? testIdOf(script.name, clock),
      runner: options.k6 === undefined ? 'flashsale' : 'k6',
      ...(options.targets === undefined && options.shop === undefined && script.sale !== undefined
        ? { strategy: options.strategy }
        : {}),
      version: options.version,
    },
    clock,
  );
  const tell = (event: RunEvent): void => {
    series.hear(event);
    onEvent(event);
  };
  return { ...deps, series, onEvent: tell };
}

const testIdOf = (scenario: string, { nowMs }: Pick<RunDeps['clock'], 'nowMs'>): string =>
  `${scenario}-${new Date(nowMs()).toISOString().replaceAll(/[:.]/g, '-')}`;

const withoutSummary = (script: LoadedScript): LoadedScript => ({
  ...script,
  exports: script.exports.filter((name) => name !== 'handleSummary'),
});

function assertResultsCanBeKept({
  historyFile,
  summaryExport,
  reportFile,
  junitFile,
  markdownFile,
  shop,
}: RunOptions): void {
  if (historyFile !== undefined) assertWritable(historyFile, '--history FILE');
  if (summaryExport !== undefined) assertWritable(summaryExport, '--summary-export FILE');
  if (reportFile !== undefined) assertWritable(reportFile, '--report FILE');
  if (junitFile !== undefined) assertWritable(junitFile, '--junit FILE');
  if (markdownFile !== undefined) assertWritable(markdownFile, '--markdown FILE');
  if (shop?.buyersFile !== undefined) assertWritable(shop.buyersFile, '--buyers-file FILE');
}

/** Variables that a scenario can read while it is loaded. */
function scenarioEnv({ stock, buyers, seed, shop }: RunOptions): Record<string, string> {
  const holdTtl = shop?.file.sale?.holdTtl;
  return {
    ...(typeof holdTtl === 'number' ? { FLASHSALE_HOLD_TTL_MS: String(holdTtl) } : {}),
    FLASHSALE_SEED: String(seed),
    ...(stock === undefined ? {} : { FLASHSALE_STOCK: String(stock) }),
    ...(buyers === undefined ? {} : { FLASHSALE_BUYERS: String(buyers) }),
  };
}

/** Settles as the work does, once everything is stopped. The work's own error takes precedence over one of stopping. */
async function settleStopped<Result>(
  work: Promise<Result>,
  scope: Scope,
  onEvent: (event: RunEvent) => void,
): Promise<Result> {
  try {
    const result = await work;
    await scope.stop();
    return result;
  } catch (error) {
    await scope.stop().catch((failure) => {
      onEvent({ type: 'log', line: `left behind: ${rootMessage(failure)}` });
    });
    throw error;
  }
}
