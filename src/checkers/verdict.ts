import { rootMessage } from '../kernel/errors.ts';
import { count } from '../kernel/wording.ts';
import type { Checker, CheckResult } from './checker.ts';
import { checkers as allCheckers } from './checks/registry.ts';
import type { Evidence } from './evidence.ts';
import { reasonsForInconclusive } from './vacuity.ts';

export type VerdictStatus = 'valid' | 'invalid' | 'unknown' | 'inconclusive';

export interface Verdict {
  status: VerdictStatus;
  /** The verdict in one sentence. */
  sentence: string;
  checks: CheckResult[];
  /** Reasons why a run in which nothing wrong was found could not have shown it. Empty when it could. */
  inconclusiveBecause: string[];
}

/**
 * Reaches the verdict over a run. One invalid check makes it `invalid`, whatever the others are; else one unknown check
 * makes it `unknown`. A run in which nothing is wrong is `valid` only if it could have shown an oversell: see
 * `reasonsForInconclusive`.
 */
export function judge(evidence: Evidence, checkers: readonly Checker[] = allCheckers): Verdict {
  const checks = checkers.map((checker) => run(checker, evidence));
  const inconclusiveBecause = reasonsForInconclusive(evidence);
  if (checks.every(({ status }) => status === 'skipped')) {
    inconclusiveBecause.push('none of the checks had the evidence it needs');
  }
  const conclusion = conclude(checks, inconclusiveBecause, evidence.operations.length);
  return { ...conclusion, checks, inconclusiveBecause };
}

function conclude(
  checks: CheckResult[],
  [firstDoubt]: string[],
  operations: number,
): Pick<Verdict, 'status' | 'sentence'> {
  const having = (status: CheckResult['status']): CheckResult[] =>
    checks.filter((check) => check.status === status);
  const broken = having('invalid');
  if (broken.length > 0) {
    return {
      status: 'invalid',
      sentence: `Invalid: ${listNames(broken)} ${broken.length === 1 ? 'is' : 'are'} broken; ${broken[0]?.summary}.`,
    };
  }
  const open = having('unknown');
  if (open.length > 0) {
    return {
      status: 'unknown',
      sentence: `Unknown: ${listNames(open)} cannot be decided; ${open[0]?.summary}.`,
    };
  }
  if (firstDoubt !== undefined) {
    return {
      status: 'inconclusive',
      sentence: `Inconclusive: nothing wrong was found, but this run could not have found it; ${firstDoubt}.`,
    };
  }
  const skipped = having('skipped').length;
  return {
    status: 'valid',
    sentence:
      `Valid: ${count(having('valid').length, 'check')} found nothing wrong in ${count(operations, 'operation')}` +
      `${skipped > 0 ? `; ${count(skipped, 'check')} skipped for want of evidence` : ''}.`,
  };
}

const listNames = (checks: CheckResult[]): string =>
  new Intl.ListFormat('en').format(checks.map(({ name }) => name));

function run({ name, check }: Checker, evidence: Evidence): CheckResult {
  try {
    return { name, ...check(evidence) };
  } catch (error) {
    return { name, status: 'unknown', summary: `the check itself failed: ${rootMessage(error)}` };
  }
}
