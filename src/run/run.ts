import { setMaxListeners } from 'node:events';
import { loadScript } from '../k6/script/load-script.ts';
import { rootMessage, UserError } from '../kernel/errors.ts';
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
import { holdTtlEnv, scenarioEnv } from './scenario-env.ts';

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
async function runScenario(asked: RunOptions, given: RunDeps): Promise<SaleReport | LoadReport> {
  assertResultsCanBeKept(asked);
  const prepared = asked.saleFile === undefined ? undefined : await openPrepared(asked);
  const options = prepared === undefined ? asked : prepared.options;
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
  if (prepared !== undefined) {
    return runScript(script, prepared.kindOf(script, scriptOptions, deps), scriptOptions, deps);
  }
  if (script.sale === undefined) {
    return runScript(script, plainLoad(script, options, deps), scriptOptions, deps);
  }
  assertWhole(script);
  // The drivers of PostgreSQL, Redis and Kafka and the checkers take longer to load than a small script to run.
  const { openSale } = await import('./open-sale.ts');
  const { runRounds } = await import('./rounds.ts');
  const sale = await openSale(script, scriptOptions, deps);
  return runRounds(script, sale, { ...scriptOptions, rounds: options.rounds ?? 1 }, deps);
}

/** Reads a prepared sale. Every part reads the scenario with the same numbers, or they would not be parts of one plan. */
async function openPrepared(asked: RunOptions) {
  const { readPreparedSale } = await import('./parts/prepared-sale.ts');
  const { partOfSale } = await import('./parts/part-of-sale.ts');
  const saleFile = asked.saleFile as string;
  const sale = await readPreparedSale(saleFile, asked);
  const { stock, buyers, seed, facts, shop } = sale;
  const { targets: addresses } = asked;
  const env = { ...asked.env, ...holdTtlEnv(shop?.holdTtlMs) };
  return {
    options: { ...asked, stock, buyers, seed, env, targets: addresses ?? facts.target },
    kindOf: (script: LoadedScript, options: RunOptions, deps: RunDeps) =>
      partOfSale(script, sale, { ...options, saleFile, addresses }, deps),
  };
}

/** @throws UserError (usage) when only a part of a sale is to be fired that no other process knows */
function assertWhole({ name, options: { share } }: LoadedScript): void {
  if (share === undefined || share.of === 1) return;
  throw UserError.usage(`${name} sells something, and only a part of it is to be fired`, {
    why: 'the parts of a sale sell the same units, which have to be put on sale once',
    next: `flashsale-cli prepare ${name} sale.json --target URL, then give each part --sale sale.json`,
  });
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
