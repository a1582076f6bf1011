import type { CheckStatus } from '../../checkers/checker.ts';
import type { Verdict, VerdictStatus } from '../../checkers/verdict.ts';
import { formatFigure } from '../../kernel/format.ts';
import { concludeLoad } from '../../load/conclusion.ts';
import { isSale, type LoadReport } from '../../run/run-report.ts';

/** One thing that a run has to pass, as CI systems show tests. */
export interface Case {
  group: 'verdict' | 'checks' | 'load' | 'thresholds';
  name: string;
  /** `undecided`: nothing wrong was found, but it could not be looked for. */
  outcome: 'passed' | 'failed' | 'undecided' | 'skipped';
  /** One sentence. */
  message: string;
  /** The witness of a broken invariant, in several lines. */
  details?: string;
}

const OUTCOME_OF: Record<CheckStatus | VerdictStatus, Case['outcome']> = {
  valid: 'passed',
  invalid: 'failed',
  unknown: 'undecided',
  missing: 'undecided',
  inconclusive: 'undecided',
  skipped: 'skipped',
};

/** The cases of a verdict: itself, and each of its checks. */
export const casesOfVerdict = ({ status, sentence, checks }: Verdict): Case[] => [
  { group: 'verdict', name: 'verdict', outcome: OUTCOME_OF[status], message: sentence },
  ...checks.map(
    ({ name, status, summary, witness }): Case => ({
      group: 'checks',
      name,
      outcome: OUTCOME_OF[status],
      message: summary,
      ...(witness && { details: witness.prose }),
    }),
  ),
];

/** The cases of a run: those of its verdict if it is a sale, its load, and each threshold. */
export const casesOfRun = (report: LoadReport): Case[] => [
  ...(isSale(report) ? casesOfVerdict(report.verdict) : []),
  loadCase(report),
  ...report.load.thresholds.map(
    ({ metric, expression, ok, observed, reason }): Case => ({
      group: 'thresholds',
      name: `${metric}: ${expression}`,
      outcome: ok ? 'passed' : 'failed',
      message: observed === undefined ? (reason ?? 'no value') : `was ${formatFigure(observed)}`,
    }),
  ),
];

/** The load without its thresholds, which are cases of their own. */
function loadCase({ load }: LoadReport): Case {
  const { status, sentence } = concludeLoad({ ...load, thresholds: [] });
  const outcome = { passed: 'passed', failed: 'failed', inconclusive: 'undecided' } as const;
  const [first] = load.exceptions.first;
  return {
    group: 'load',
    name: 'load',
    outcome: outcome[status],
    message: status === 'passed' ? 'nothing threw.' : sentence,
    ...(status === 'failed' && first !== undefined && { details: first }),
  };
}
