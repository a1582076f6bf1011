import { z } from 'zod';
import { checkers } from '../../checkers/checks/registry.ts';
import { UserError } from '../../kernel/errors.ts';
import { parseThreshold, type ThresholdExpression } from '../../load/metrics/thresholds.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { RunOptions } from '../run.ts';
import { VARIABLE } from './query-variables.ts';

/** A query, and what the one number that it answers with is compared with. */
export interface QueryThreshold {
  query: string;
  expressions: { text: string; parsed: ThresholdExpression }[];
}

/** Thresholds over the run as a whole, as a script's `options.ext.flashsale.thresholds` says. */
export interface RunThresholds {
  /** Checks that have to be found valid. */
  checks: string[];
  promql: QueryThreshold[];
  sql: QueryThreshold[];
}

const CHECKS = checkers.map(({ name }) => name);

const expression = z.string().transform((text, context) => {
  const parsed = parseThreshold(text);
  if (parsed?.figure === 'value') return { text, parsed };
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a threshold like value<0.5 or value==500`,
  });
  return z.NEVER;
});

const queries = (variables: string[]) =>
  z
    .record(
      z.string().superRefine((query, context) => {
        const unknown = [...query.matchAll(VARIABLE)].find(
          ([, name]) => !variables.includes(name as string),
        );
        if (unknown === undefined) return;
        const known = variables.map((name) => `$__${name}`).join(', ');
        context.addIssue({ code: 'custom', message: `there is no ${unknown[0]}, only ${known}` });
      }),
      z.array(expression),
    )
    .default({})
    .transform((record): QueryThreshold[] =>
      Object.entries(record).map(([query, expressions]) => ({ query, expressions })),
    );

const thresholdsOf = (script: LoadedScript) => {
  const variables = script.sale === undefined ? ['range'] : ['range', 'sku'];
  return z.strictObject({
    checks: z
      .array(
        z.string().refine((name) => CHECKS.includes(name), {
          error: ({ input }) => `there is no check "${input}", only ${CHECKS.join(', ')}`,
        }),
      )
      .default([]),
    promql: queries(variables),
    sql: queries(variables),
  });
};

/**
 * What a script wants judged beside its own metrics.
 *
 * @throws UserError (usage) when it cannot be understood, or there is nothing that could answer it
 */
export function readRunThresholds(
  script: LoadedScript,
  { targets, prometheusUrl, sqlUrl }: Pick<RunOptions, 'targets' | 'prometheusUrl' | 'sqlUrl'>,
): RunThresholds {
  const parsed = thresholdsOf(script).safeParse(script.options.runThresholds ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0] as z.core.$ZodIssue;
    // What is wrong with a query, as with any key, stands one level below the issue itself.
    const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
    throw UserError.usage(`the thresholds of ${script.name} cannot be judged`, {
      why: `${['options.ext.flashsale.thresholds', ...issue.path.map(String)].join('.')}: ${message}`,
      next: `mend ${script.path}`,
    });
  }
  const { checks, promql, sql } = parsed.data;
  const has = (what: string) => `${script.name} has thresholds ${what}`;
  if (checks.length > 0 && script.sale === undefined) {
    throw UserError.usage(has('over checks, and there is nothing to check'), {
      why: 'it exports no `sale`',
      next: 'leave `checks` out, or add `export const sale = { stock: 100, buyers: 2000 };`',
    });
  }
  if (promql.length > 0 && prometheusUrl === undefined) {
    throw UserError.usage(has('in PromQL, and there is no Prometheus to ask'), {
      why: 'the URL of none was given',
      next: 'add --prometheus-url URL, or set FLASHSALE_PROMETHEUS_URL',
    });
  }
  const hasOwnDatabase = script.sale !== undefined && targets === undefined;
  if (sql.length > 0 && sqlUrl === undefined && !hasOwnDatabase) {
    throw UserError.usage(has('in SQL, and there is no database to ask'), {
      why: 'what is under test was not started here, and the URL of its database was not given',
      next: 'add --sql-url URL, or set FLASHSALE_SQL_URL',
    });
  }
  return parsed.data;
}
