import type { CheckResult } from '../../checkers/checker.ts';
import { isMet, type ThresholdResult } from '../../load/metrics/thresholds.ts';
import type { QueryThreshold } from './plan.ts';

/** What a query came to: a number, or why there is none. */
export type Answer = { value: number } | { reason: string };

/** A number as Prometheus and PostgreSQL write it; only finite ones can be compared. */
export function numberIn(text: string): Answer {
  const value = Number(text);
  return Number.isFinite(value) ? { value } : { reason: `its value is ${text}` };
}

/** Whether the one number of a query is what was wanted; none is a miss, because nothing was shown. */
export function judgeQuery(
  language: 'promql' | 'sql',
  { query, expressions }: QueryThreshold,
  answer: Answer,
): ThresholdResult[] {
  return expressions.map(({ text, parsed }) => ({
    metric: `${language}: ${query}`,
    expression: text,
    ...('value' in answer
      ? { ok: isMet(answer.value, parsed), observed: answer.value }
      : { ok: false, reason: answer.reason }),
  }));
}

/** Whether the checks that have to be valid are; one that could not tell showed nothing. */
export function judgeChecks(names: string[], results: CheckResult[]): ThresholdResult[] {
  return names.map((name) => {
    const result = results.find((result) => result.name === name);
    const ok = result?.status === 'valid';
    return {
      metric: `check: ${name}`,
      expression: 'valid',
      ok,
      ...(!ok && { reason: result ? `${result.status}: ${result.summary}` : 'it was not made' }),
    };
  });
}
