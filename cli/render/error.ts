import { relative } from 'node:path';
import { assetPath } from '../../src/kernel/assets.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { createStyle, oneLine } from './style.ts';

/** An error as the JSON document of a command tells it. */
export interface ErrorDocument {
  error: { what: string; why: string; next: string; exitCode: ExitCode };
}

/** An error of another thread: its text was made there. */
export class ToldError extends Error {
  readonly told: PackedError;

  constructor(told: PackedError) {
    super(told.what);
    this.told = told;
  }

  static pack(error: unknown): PackedError {
    return { ...tell(error), stacks: stacks(error) };
  }
}

/** An error as plain data. */
export type PackedError = ErrorDocument['error'] & { stacks: string[] };

export function describeError(error: unknown): ErrorDocument {
  const { what, why, next, exitCode } = tell(error);
  return { error: { what, why, next, exitCode } };
}

/**
 * Renders the error of a command as one line (what failed, why, what to do next) with the exit code of the process.
 * `verbose` adds the stack traces, those of the causes included, on lines of their own.
 */
export function renderError(
  error: unknown,
  { color, verbose }: { color: boolean; verbose: boolean },
): { line: string; exitCode: ExitCode } {
  const { bold, red } = createStyle(color);
  const { what, why, next, exitCode } = tell(error);
  const line = `${red('error:')} ${what}: ${why}${why.endsWith('?') ? '' : '.'} ${bold('Next:')} ${next}`;
  return { line: verbose ? [line, ...stacks(error)].join('\n') : line, exitCode };
}

function tell(error: unknown): ErrorDocument['error'] {
  if (error instanceof ToldError) return error.told;
  if (error instanceof UserError) {
    return {
      what: oneLine(error.message),
      why: withoutStop(error.why),
      next: oneLine(error.next),
      exitCode: error.exitCode,
    };
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return {
    what: ['a bug in flashsale-cli', placeOf(error) ?? []].flat().join(' at '),
    why: withoutStop(message),
    next: 'run again with --verbose and report it',
    exitCode: ExitCode.internalError,
  };
}

/** The line of our own code that threw an error, from the folder of the package on: `src/run/run.ts:12`. */
function placeOf(error: unknown): string | undefined {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const root = assetPath('.');
  for (const frame of frames) {
    const [, path = '', line] = /(?:file:\/\/)?(\/[^\s()]*):(\d+):\d+\)?$/.exec(frame) ?? [];
    const inPackage = relative(root, path);
    const isOurs = path !== '' && !/^\.\.|node_modules/.test(inPackage);
    if (isOurs) return `${inPackage}:${line}`;
  }
  return undefined;
}

/** Removes a full stop at the end, because the printed sentence continues. */
const withoutStop = (text: string): string => oneLine(text).replace(/\.+$/, '');

function stacks(error: unknown): string[] {
  if (error instanceof ToldError) return error.told.stacks;
  const found: string[] = [];
  let current = error;
  while (current instanceof Error) {
    const stack = current.stack ?? String(current);
    found.push(found.length === 0 ? stack : `caused by ${stack}`);
    current = current.cause;
  }
  return found;
}
