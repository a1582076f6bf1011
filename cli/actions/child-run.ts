import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { EndedRun } from '../../src/comparison/repeated-runs.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import type { RunDocument } from '../../src/report/run-document.ts';
import type { CliContext } from '../context.ts';
import { type ErrorDocument, ToldError } from '../render/error.ts';

/** Exit codes of runs that came to a result. */
const WITH_RESULT: readonly (number | null)[] = [
  ExitCode.valid,
  ExitCode.invariantBroken,
  ExitCode.thresholdMissed,
  ExitCode.inconclusive,
];

/** Runs of this program, one after the other, each a process of its own, so that none warms up the next one. */
export interface ChildRuns {
  /**
   * Runs `flashsale-cli run` to its end. Returns undefined for a run that a signal ended.
   *
   * @param args everything after `run`
   * @param more variables of this run alone
   * @throws ToldError with the run's own error, for a run without a result
   */
  run(args: string[], more?: Record<string, string>): Promise<EndedRun | undefined>;
  /** True after a signal: the run under way ends, and no other begins. */
  isStopped(): boolean;
}

/** Hands signals on to the run under way, which ends its load and leaves nothing behind. */
export function createChildRuns({ program, cwd, env }: CliContext): ChildRuns {
  let pass: (signal: NodeJS.Signals) => void = () => {};
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isStopped = true;
      pass(signal);
    });
  }
  return {
    isStopped: () => isStopped,
    async run(args, more) {
      if (isStopped) return undefined;
      const [file, ...own] = program as [string, ...string[]];
      const child = spawn(file, [...own, 'run', ...args, '--json', '--ui', 'none'], {
        cwd,
        // Annotations of a single run would be told as those of all.
        env: { ...env, ...more, GITHUB_ACTIONS: undefined },
        // The run ends when the channel does: it must not go on for nobody.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // A terminal sends Ctrl-C to its whole group: the run would hear it twice and give itself up.
        detached: true,
      });
      pass = (signal) => child.kill(signal);
      const ended = new Promise<number | null>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', resolve);
      });
      const [stdout, stderr, exitCode] = await Promise.all([
        text(child.stdout as Readable),
        text(child.stderr as Readable),
        ended,
      ]);
      pass = () => {};
      if (isStopped) return undefined;
      if (WITH_RESULT.includes(exitCode)) {
        return { exitCode: exitCode as number, document: JSON.parse(stdout) as RunDocument };
      }
      throw errorOf(stdout, stderr);
    },
  };
}

function errorOf(stdout: string, stderr: string): Error {
  try {
    const { error } = JSON.parse(stdout) as ErrorDocument;
    return new ToldError({ ...error, stacks: [] });
  } catch {
    return UserError.environment('a run ended without a result', {
      why: stderr.trim().split('\n').at(-1) ?? 'it said nothing',
      next: 'try it alone with flashsale-cli run',
    });
  }
}
