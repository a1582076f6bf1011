import type { RunDeps, SourceUrls } from '../context.ts';
import type { QueriedRun } from '../run-kind.ts';
import type { QuerySource } from './source.ts';

/** A language that threshold queries can be written in. */
export interface QueryLanguage {
  /** URL of the source in the options. */
  urlOf(urls: SourceUrls): string | undefined;
  /** True if the database of the stack, or of the target file, is the source when the options name none. */
  asksOwnDatabase: boolean;
  /** The error of a script whose queries have no source. `what` continues the sentence "rush has thresholds …". */
  noSource: { what: string; why: string; next: string };
  /** Loads the driver, which a run without such queries need not do, and creates the source. */
  open(url: string, deps: Pick<RunDeps, 'clock' | 'signal'>): Promise<QuerySource>;
}

/** Every query language, under its key in a script's `options.ext.flashsale.thresholds`. */
export const LANGUAGES = {
  promql: {
    urlOf: ({ prometheusUrl }) => prometheusUrl,
    asksOwnDatabase: false,
    noSource: {
      what: 'in PromQL, and there is no Prometheus to ask',
      why: 'the URL of none was given',
      next: 'add --prometheus-url URL, or set FLASHSALE_PROMETHEUS_URL',
    },
    async open(url, deps) {
      const { prometheusSource } = await import('./promql.ts');
      return prometheusSource(url, deps);
    },
  },
  sql: {
    urlOf: ({ sqlUrl }) => sqlUrl,
    asksOwnDatabase: true,
    noSource: {
      what: 'in SQL, and there is no database to ask',
      why: 'the run did not start the servers under test, and the URL of their database was not given',
      next: 'add --sql-url URL, set FLASHSALE_SQL_URL, or name a PostgreSQL in evidence.database of a target file',
    },
    async open(url, deps) {
      const { databaseSource } = await import('./sql.ts');
      return databaseSource(url, deps);
    },
  },
} satisfies Record<string, QueryLanguage>;

export type LanguageName = keyof typeof LANGUAGES;
export const LANGUAGE_NAMES = Object.keys(LANGUAGES) as LanguageName[];

/** URL of the source that answers the queries of a language in this run, if there is one. */
export function sourceUrlOf(
  { urlOf, asksOwnDatabase }: QueryLanguage,
  urls: SourceUrls,
  { databaseUrl }: Pick<QueriedRun, 'databaseUrl'>,
): string | undefined {
  return urlOf(urls) ?? (asksOwnDatabase ? databaseUrl : undefined);
}
