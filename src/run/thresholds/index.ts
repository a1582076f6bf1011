import type { CheckResult } from '../../checkers/checker.ts';
import type { ThresholdResult } from '../../load/metrics/thresholds.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import { createPhases } from '../phases.ts';
import type { QueriedRun } from '../run-kind.ts';
import { judgeChecks } from './judge.ts';
import { LANGUAGE_NAMES } from './languages.ts';
import type { ThresholdPlan } from './plan.ts';
import { askQueries, openSources, validateQueries } from './queries.ts';
import type { QueryFacts } from './query-variables.ts';

/** The thresholds that a script has beside those over its own metrics: checks, and queries in PromQL and SQL. */
export interface RunThresholds {
  /**
   * Validates every query right before the load, so that a mistake is found before and not after it.
   *
   * @throws UserError when a source does not answer or does not understand a query
   */
  prepareQueries(run: QueriedRun): Promise<void>;
  /**
   * Asks every query and compares the answers with the thresholds. Call it when nothing is under way any more.
   *
   * @param flush sends the samples that the run itself still has to send to Prometheus
   */
  askQueries(flush: () => Promise<void>): Promise<ThresholdResult[]>;
  judgeChecks(results: CheckResult[]): ThresholdResult[];
}

/** @throws UserError (usage) when the thresholds cannot be understood, or no source could answer them */
export async function createRunThresholds(
  script: LoadedScript,
  options: RunOptions,
  deps: RunDeps,
): Promise<RunThresholds> {
  const { clock, onEvent } = deps;
  const plan = await readPlan(script, options);
  let queries: Awaited<ReturnType<typeof openSources>> = [];
  let skus: string[] | undefined;
  let startedNs = 0;

  const facts = (): QueryFacts => ({
    range: `${Math.max(Math.ceil((clock.monotonicNs() - startedNs) / 1e9), 1)}s`,
    skus,
  });

  return {
    async prepareQueries(run) {
      skus = run.skus;
      startedNs = clock.monotonicNs();
      queries = await openSources(plan, run, options, deps);
      await validateQueries(queries, facts());
      startedNs = clock.monotonicNs();
    },
    async askQueries(flush) {
      if (queries.length === 0) return [];
      return createPhases(deps)('queries', 'asking what thresholds want to know', async () => {
        await flush();
        return askQueries(queries, facts, (line) => onEvent({ type: 'log', line }));
      });
    },
    judgeChecks: (results) => judgeChecks(plan.checks, results),
  };
}

/** Loads the checks and their schema only for scripts that have such thresholds; most have none, and start sooner. */
async function readPlan(script: LoadedScript, options: RunOptions): Promise<ThresholdPlan> {
  if (script.options.runThresholds !== undefined) {
    const { readThresholdPlan } = await import('./plan.ts');
    return readThresholdPlan(script, options);
  }
  const noQueries = Object.fromEntries(LANGUAGE_NAMES.map((name) => [name, []]));
  return { checks: [], ...noQueries } as unknown as ThresholdPlan;
}
