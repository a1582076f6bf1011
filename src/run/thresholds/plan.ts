import * as z from 'zod';
import { checkers } from '../../checkers/checks/registry.ts';
import { UserError } from '../../kernel/errors.ts';
import { parseThreshold, type ThresholdExpression } from '../../load/metrics/thresholds.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { RunOptions, SourceUrls } from '../context.ts';
import { LANGUAGE_NAMES, LANGUAGES, type LanguageName, sourceUrlOf } from './languages.ts';
import { SALE_VARIABLES, VARIABLE } from './query-variables.ts';

/** A query, and the expressions that the one number in its answer is compared with. */
export interface QueryThreshold {
  query: string;
  expressions: { text: string; parsed: ThresholdExpression }[];
}

/** Thresholds over the run as a whole: the content of a script's `options.ext.flashsale.thresholds`. */
export type ThresholdPlan = {
  /** Names of the checks that must be valid. */
  checks: string[];
} & Record<LanguageName, QueryThreshold[]>;

type SourceOptions = SourceUrls & Pick<RunOptions, 'targets' | 'shop'>;

/**
 * Reads the thresholds that a script has beside those over its own metrics.
 *
 * @throws UserError (usage) when they cannot be understood, or no source could answer them
 */
export function readThresholdPlan(script: LoadedScript, options: SourceOptions): ThresholdPlan {
  const plan = parsePlan(script);
  assertHasChecks(plan, script);
  assertHasSources(plan, script, options);
  return plan;
}

function parsePlan(script: LoadedScript): ThresholdPlan {
  const parsed = schemaFor(script).safeParse(script.options.runThresholds ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  // A query is a key of its record, and zod nests the issue of a key one level deeper.
  const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
  throw UserError.usage(`the thresholds of ${script.name} cannot be judged`, {
    why: `${['options.ext.flashsale.thresholds', ...issue.path.map(String)].join('.')}: ${message}`,
    next: `mend ${script.path}`,
  });
}

function assertHasChecks({ checks }: ThresholdPlan, { name, sale }: LoadedScript): void {
  if (checks.length === 0 || sale !== undefined) return;
  throw UserError.usage(`${name} has thresholds over checks, and there is nothing to check`, {
    why: 'it exports no `sale`',
    next: 'leave `checks` out, or add `export const sale = { stock: 100, buyers: 2000 };`',
  });
}

function assertHasSources(
  plan: ThresholdPlan,
  { name, sale }: LoadedScript,
  options: SourceOptions,
): void {
  const run = { databaseUrl: sale === undefined ? undefined : databaseToCome(options) };
  for (const language of LANGUAGE_NAMES) {
    const { noSource } = LANGUAGES[language];
    if (plan[language].length === 0) continue;
    if (sourceUrlOf(LANGUAGES[language], options, run) !== undefined) continue;
    throw UserError.usage(`${name} has thresholds ${noSource.what}`, noSource);
  }
}

/** The URL of a database is not known before the stack runs, or the shop is found ready. */
function databaseToCome({ targets, shop }: SourceOptions): string | undefined {
  if (shop !== undefined) return shop.file.evidence.database;
  return targets === undefined ? 'the database of the stack' : undefined;
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

function schemaFor(script: LoadedScript) {
  const variables = script.sale === undefined ? ['range'] : ['range', ...SALE_VARIABLES];
  const byLanguage = Object.fromEntries(LANGUAGE_NAMES.map((name) => [name, queries(variables)]));
  return z.strictObject({
    checks: z
      .array(
        z.string().refine((name) => CHECKS.includes(name), {
          error: ({ input }) => `there is no check "${input}", only ${CHECKS.join(', ')}`,
        }),
      )
      .default([]),
    ...(byLanguage as Record<LanguageName, ReturnType<typeof queries>>),
  });
}
