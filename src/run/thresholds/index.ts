import type { CheckResult } from '../../checkers/checker.ts';
import type { ThresholdResult } from '../../load/metrics/thresholds.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { createPhases } from '../phases.ts';
import type { RunDeps, RunOptions } from '../run.ts';
import { judgeChecks, judgeQuery } from './judge.ts';
import type { RunThresholds } from './plan.ts';
import { fillIn, type QueryVariables } from './query-variables.ts';
import type { QuerySource } from './source.ts';

/** Judges a run by what a script wants of it beside its own metrics: checks, PromQL and SQL. */
export interface ThresholdJudge {
  /**
   * Tries every query right before the load, so that one that cannot be asked is told now and not after it.
   *
   * @throws UserError
   */
  rehearse(run: {
    /** Database of the stack, if the run has one of its own. */
    databaseUrl?: string;
    /** What is on sale, if anything is. */
    sku?: string;
  }): Promise<void>;
  /**
   * Asks every query, once everything is at rest.
   *
   * @param flush sends what the run itself still has to tell Prometheus
   */
  ask(flush: () => Promise<void>): Promise<ThresholdResult[]>;
  ofChecks(results: CheckResult[]): ThresholdResult[];
}

/** @throws UserError (usage) when the thresholds cannot be understood, or there is nothing that could answer them */
export async function createThresholdJudge(
  script: LoadedScript,
  options: RunOptions,
  deps: RunDeps,
): Promise<ThresholdJudge> {
  const { clock, onEvent } = deps;
  const { checks, promql, sql } = await thresholdsOf(script, options);
  const sources: QuerySource[] = [];
  let sku: string | undefined;
  let startedNs = 0;

  const variables = (): QueryVariables => ({
    range: `${Math.max(Math.ceil((clock.monotonicNs() - startedNs) / 1e9), 1)}s`,
    sku,
  });

  async function askAll(): Promise<ThresholdResult[]> {
    const results: ThresholdResult[] = [];
    for (const source of sources) {
      const doubt = await source.catchUp?.();
      if (doubt !== undefined) onEvent({ type: 'log', line: doubt });
      for (const threshold of source.thresholds) {
        const answer = await source.ask(fillIn(threshold.query, variables()));
        results.push(...judgeQuery(source.language, threshold, answer));
      }
    }
    return results;
  }

  return {
    async rehearse(run) {
      startedNs = clock.monotonicNs();
      sku = run.sku;
      const { prometheusUrl, sqlUrl = run.databaseUrl } = options;
      if (promql.length > 0 && prometheusUrl !== undefined) {
        const { prometheusSource } = await import('./promql.ts');
        sources.push(prometheusSource(prometheusUrl, promql, deps));
      }
      if (sql.length > 0 && sqlUrl !== undefined) {
        const { databaseSource } = await import('./sql.ts');
        sources.push(databaseSource(sqlUrl, sql, deps));
      }
      for (const source of sources) {
        for (const { query } of source.thresholds) {
          await source.rehearse(fillIn(query, variables()));
        }
      }
      startedNs = clock.monotonicNs();
    },
    async ask(flush) {
      if (sources.length === 0) return [];
      return createPhases(deps)('queries', 'asking what thresholds want to know', async () => {
        await flush();
        return askAll();
      });
    },
    ofChecks: (results) => judgeChecks(checks, results),
  };
}

/** Loads the checks and their schema for scripts that have such thresholds; most have none, and start sooner. */
async function thresholdsOf(script: LoadedScript, options: RunOptions): Promise<RunThresholds> {
  if (script.options.runThresholds === undefined) return { checks: [], promql: [], sql: [] };
  const { readRunThresholds } = await import('./plan.ts');
  return readRunThresholds(script, options);
}
