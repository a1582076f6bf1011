import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { assetPath } from '../../kernel/assets.ts';

const fromSources = import.meta.url.endsWith('.ts');

/**
 * Starts one of the project's own programs as a child process with an IPC channel: the compiled one, or its TypeScript
 * when this code runs from sources itself. The child leads a process group of its own, so a terminal's Ctrl-C reaches
 * only the parent, who decides what it means; a child learns that its parent is gone by the channel's end.
 */
export function forkScript(path: string, options: ForkOptions = {}): ChildProcess {
  return fork(fromSources ? assetPath(path) : assetPath('dist', path.replace(/\.ts$/, '.js')), {
    ...options,
    detached: true,
    execArgv: [
      ...(options.execArgv ?? []),
      ...(fromSources
        ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
        : []),
    ],
  });
}

export const hasExited = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;
