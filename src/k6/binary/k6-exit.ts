import { UserError } from '../../kernel/errors.ts';
import type { LoadResult } from '../../load/result.ts';
import type { LoadedScript } from '../../load/vu/script.ts';

/** The exit codes of a k6 that has run the script. */
const ENDS = { done: 0, thresholds: 99, interrupted: 105, scriptAborted: 108, markedAsFailed: 110 };
/** The exit code after an error in `setup`, `teardown` or init code. */
const SCRIPT_EXCEPTION = 107;

/** The end of the k6 process. */
export interface K6Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last error of its log; undefined without any. */
  lastError: string | undefined;
  /** A threshold with `abortOnFail` ended the run. */
  abortedByThreshold: boolean;
  /** The user has interrupted the run. */
  stopped: boolean;
  /** The user has interrupted it a second time, so k6 was killed. */
  aborted: boolean;
}

/**
 * True if the last error of the log is an exception of the script, to be counted with those of its iterations: the script
 * called `exec.test.fail`, or `teardown` threw. An error before the first iteration is not one of them, because then the
 * script has not run.
 */
export function endedByException({ code }: K6Exit, iterationsBegun: number): boolean {
  return code === ENDS.markedAsFailed || (code === SCRIPT_EXCEPTION && iterationsBegun > 0);
}

/** @throws UserError if k6 has not run the script */
export function assertRan(exit: K6Exit, script: LoadedScript): void {
  const { code, signal, lastError, stopped, aborted } = exit;
  if (aborted || Object.values(ENDS).some((known) => known === code)) return;
  // k6 dies of the signal if it is interrupted before it listens for signals.
  if (stopped && signal === 'SIGINT') return;
  const why = lastError ?? 'k6 does not say why';
  if (code === SCRIPT_EXCEPTION) {
    throw UserError.usage(`${script.name} failed in k6`, {
      why,
      next: `mend ${script.path} and run it again`,
    });
  }
  throw UserError.environment('k6 did not run the scenario', {
    why: `it ended with ${code === null ? `signal ${signal}` : `code ${code}`}: ${why}`,
    next: 'leave --runner out to see whether the scenario itself runs',
  });
}

/** Why the load ended before its plan did; undefined if it did not. */
export function stoppedBy(exit: K6Exit): LoadResult['stoppedBy'] {
  const { code, stopped, aborted, abortedByThreshold } = exit;
  if (stopped || aborted || code === ENDS.interrupted) return 'interrupt';
  if (code === ENDS.scriptAborted) return 'script-abort';
  return abortedByThreshold ? 'threshold' : undefined;
}
