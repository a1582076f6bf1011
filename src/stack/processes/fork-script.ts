import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { modulePath, runsFromSources } from '../../kernel/assets.ts';

/**
 * Starts one of the project's own programs as a child process with an IPC channel: the compiled program, or its
 * TypeScript if this code runs from sources itself.
 *
 * The child leads a process group of its own, so Ctrl-C in a terminal reaches only the parent, which decides what to
 * do. A child notices the end of its parent by the end of the channel.
 */
export function forkScript(path: string, options: ForkOptions = {}): ChildProcess {
  return fork(modulePath(path), {
    ...options,
    detached: true,
    execArgv: [
      ...(options.execArgv ?? []),
      ...(runsFromSources
        ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
        : []),
    ],
  });
}

export const hasExited = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;
