import type { Verdict } from '../src/checkers/verdict.ts';
import { ExitCode } from '../src/kernel/exit-codes.ts';
import { concludeLoad } from '../src/load/conclusion.ts';
import { isSale, type LoadReport } from '../src/run/run-report.ts';

/**
 * The exit code of a run, on which CI gates. A broken invariant outweighs everything; the numbers of a run that proves
 * nothing are not judged.
 */
export function exitCodeOf(report: LoadReport, interrupted: boolean): ExitCode {
  const verdict = isSale(report) ? report.verdict : undefined;
  if (verdict?.status === 'invalid') return ExitCode.invariantBroken;
  if (interrupted) return ExitCode.interrupted;
  const objection = verdict && verdictCode(verdict);
  return objection ?? LOAD_CODES[concludeLoad(report.load).status];
}

/** The exit code that a verdict alone asks for; undefined when it is valid. */
export function verdictCode({ status }: Verdict): ExitCode | undefined {
  if (status === 'invalid') return ExitCode.invariantBroken;
  return status === 'valid' ? undefined : ExitCode.inconclusive;
}

const LOAD_CODES = {
  passed: ExitCode.valid,
  failed: ExitCode.thresholdMissed,
  inconclusive: ExitCode.inconclusive,
};
