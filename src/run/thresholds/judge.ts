import type { CheckResult } from '../../checkers/checker.ts';
import { isMet, type ThresholdResult } from '../../load/metrics/thresholds.ts';
import type { QueryThreshold } from './plan.ts';
import type { NumberOrReason } from './source.ts';

/** Compares the answer of a query with its expressions. Without a number each expression fails: nothing was shown. */
export function judgeQuery(
  language: string,
  { query, expressions }: QueryThreshold,
  answer: NumberOrReason,
): ThresholdResult[] {
  return expressions.map(({ text, parsed }) => ({
    metric: `${language}: ${query}`,
    expression: text,
    ...('value' in answer
      ? { ok: isMet(answer.value, parsed), observed: answer.value }
      : { ok: false, reason: answer.reason }),
  }));
}

/** Requires the named checks to be valid. A check that is unknown or skipped fails: it showed nothing. */
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
