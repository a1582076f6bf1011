import { openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { rootMessage, UserError } from '../src/kernel/errors.ts';
import type { RunEvent } from '../src/run/events.ts';

/** Takes the lines of a script's console and the warnings of the engine. */
export type ScriptLog = (line: string) => void;

/**
 * The log that `--console-output` and `--log-output` ask for; undefined if its lines are shown with the progress. Lines
 * are added to a file that is there already.
 *
 * @throws UserError for a place that does not exist or cannot be written
 */
export function openScriptLog(
  { consoleOutput, logOutput }: { consoleOutput?: string; logOutput?: string },
  cwd: string,
): ScriptLog | undefined {
  if (consoleOutput !== undefined) return openFile(consoleOutput, '--console-output', cwd);
  if (logOutput === undefined || logOutput === 'stderr') return undefined;
  if (logOutput === 'none') return () => {};
  const [, file] = /^file=(?:\.\/)?([^,]+)(?:,level=\w+)?$/.exec(logOutput) ?? [];
  if (file !== undefined) return openFile(file, '--log-output', cwd);
  throw UserError.usage(`--log-output ${logOutput} is not a place for the log`, {
    why: 'the places are stderr, none and file=FILE; standard output belongs to the result',
    next: 'use one of them, or send standard error on: 2> FILE',
  });
}

function openFile(file: string, flag: string, cwd: string): ScriptLog {
  try {
    const descriptor = openSync(resolve(cwd, file), 'a');
    return (line) => void writeSync(descriptor, `${line}\n`);
  } catch (cause) {
    throw UserError.environment(`${file} cannot be written`, {
      why: rootMessage(cause),
      next: `give another file with ${flag}`,
      cause,
    });
  }
}

/** Shows the events of a run, but hands lines of the log to `log` where there is one. */
export const withoutLog =
  (log: ScriptLog | undefined, show: (event: RunEvent) => void) =>
  (event: RunEvent): void => {
    if (log !== undefined && event.type === 'log') log(event.line);
    else show(event);
  };
