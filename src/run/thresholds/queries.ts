import { UserError } from '../../kernel/errors.ts';
import type { ThresholdResult } from '../../load/metrics/thresholds.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import type { QueriedRun } from '../run-kind.ts';
import { judgeQuery } from './judge.ts';
import { LANGUAGE_NAMES, LANGUAGES, type LanguageName, sourceUrlOf } from './languages.ts';
import type { QueryThreshold, ThresholdPlan } from './plan.ts';
import { fillIn, type QueryFacts } from './query-variables.ts';
import type { QuerySource } from './source.ts';

/** The queries in one language, and the source that answers them. */
interface LanguageQueries {
  language: LanguageName;
  thresholds: QueryThreshold[];
  source: QuerySource;
}

/**
 * Opens the source of each language that the plan has queries in.
 *
 * @throws UserError (usage) when there is none
 */
export async function openSources(
  plan: ThresholdPlan,
  run: QueriedRun,
  options: RunOptions,
  deps: RunDeps,
): Promise<LanguageQueries[]> {
  const opened: LanguageQueries[] = [];
  for (const language of LANGUAGE_NAMES) {
    const thresholds = plan[language];
    if (thresholds.length === 0) continue;
    const url = sourceUrlOf(LANGUAGES[language], options, run);
    if (url === undefined) {
      const { noSource } = LANGUAGES[language];
      throw UserError.usage(`there are thresholds ${noSource.what}`, noSource);
    }
    opened.push({ language, thresholds, source: await LANGUAGES[language].open(url, deps) });
  }
  return opened;
}

/** @throws UserError for the first query that its source cannot be asked */
export async function validateQueries(
  queries: LanguageQueries[],
  facts: QueryFacts,
): Promise<void> {
  for (const { source, thresholds } of queries) {
    for (const { query } of thresholds) {
      for (const { text } of fillIn(query, facts)) await source.validate(text);
    }
  }
}

/** Asks every query. `facts` is called for each, because the range of the run still grows; `log` gets doubts. */
export async function askQueries(
  queries: LanguageQueries[],
  facts: () => QueryFacts,
  log: (line: string) => void,
): Promise<ThresholdResult[]> {
  const results: ThresholdResult[] = [];
  for (const { language, source, thresholds } of queries) {
    const doubt = await source.catchUp?.();
    if (doubt !== undefined) log(doubt);
    for (const { query, expressions } of thresholds) {
      for (const { text, name } of fillIn(query, facts())) {
        const answer = await source.ask(text);
        results.push(...judgeQuery(language, { query: name, expressions }, answer));
      }
    }
  }
  return results;
}
