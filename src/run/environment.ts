import { cpus, release, type } from 'node:os';
import type { RunOptions } from './context.ts';
import type { LoadReport } from './run-report.ts';

/** Describes the machine and the command of a run, so that its numbers can be compared with those of another. */
export function describeEnvironment(
  { version, command }: Pick<RunOptions, 'version' | 'command'>,
  startedAt: string,
): LoadReport['environment'] {
  return {
    node: process.version,
    os: `${type()} ${release()}`,
    cpus: cpus().length,
    ...{ version, command, startedAt },
  };
}
