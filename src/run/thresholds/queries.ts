import type { ThresholdResult } from '../../load/metrics/thresholds.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import type { QueriedRun } from '../run-kind.ts';
import { judgeQuery } from './judge.ts';
import { LANGUAGE_NAMES, LANGUAGES, type LanguageName, sourceUrlOf } from './languages.ts';
import type { QueryThreshold, ThresholdPlan } from './plan.ts';
import { fillIn, type QueryVariables } from './query-variables.ts';
import type { QuerySource } from './source.ts';

/** The queries in one language, and the source that answers them. */
interface LanguageQueries {
  language: LanguageName;
  thresholds: QueryThreshold[];
  source: QuerySource;
}

/** Opens the source of each language that the plan has queries in. */
export async function openSources(
  plan: ThresholdPlan,
  run: QueriedRun,
  options: RunOptions,
  deps: RunDeps,
): Promise<LanguageQueries[]> {
  const opened: LanguageQueries[] = [];
  for (const language of LANGUAGE_NAMES) {
    const url = sourceUrlOf(LANGUAGES[language], options, run);
    const thresholds = plan[language];
    if (thresholds.length === 0 || url === undefined) continue;
    opened.push({ language, thresholds, source: await LANGUAGES[language].open(url, deps) });
  }
  return opened;
}

/** @throws UserError for the first query that its source cannot be asked */
export async function validateQueries(
  queries: LanguageQueries[],
  variables: QueryVariables,
): Promise<void> {
  for (const { source, thresholds } of queries) {
    for (const { query } of thresholds) await source.validate(fillIn(query, variables));
  }
}

/** Asks every query. `variables` is called for each, because the range of the run still grows; `log` gets doubts. */
export async function askQueries(
  queries: LanguageQueries[],
  variables: () => QueryVariables,
  log: (line: string) => void,
): Promise<ThresholdResult[]> {
  const results: ThresholdResult[] = [];
  for (const { language, source, thresholds } of queries) {
    const doubt = await source.catchUp?.();
    if (doubt !== undefined) log(doubt);
    for (const threshold of thresholds) {
      const answer = await source.ask(fillIn(threshold.query, variables()));
      results.push(...judgeQuery(language, threshold, answer));
    }
  }
  return results;
}
