import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { createStyle, oneLine } from './style.ts';

/**
 * Renders the error of a command as one line (what failed, why, what to do next) with the exit code of the process.
 * `verbose` adds the stack traces, those of the causes included, on lines of their own.
 */
export function renderError(
  error: unknown,
  { color, verbose }: { color: boolean; verbose: boolean },
): { line: string; exitCode: ExitCode } {
  const { bold, red } = createStyle(color);
  const { text, next, exitCode } = describe(error);
  const line = `${red('error:')} ${text}. ${bold('Next:')} ${next}`;
  return { line: verbose ? [line, ...stacks(error)].join('\n') : line, exitCode };
}

function describe(error: unknown): { text: string; next: string; exitCode: ExitCode } {
  if (error instanceof UserError) {
    return {
      text: `${oneLine(error.message)}: ${withoutStop(error.why)}`,
      next: oneLine(error.next),
      exitCode: error.exitCode,
    };
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return {
    text: `a bug in flashsale-cli: ${withoutStop(message)}`,
    next: 'run again with --verbose and report it',
    exitCode: ExitCode.internalError,
  };
}

/** Removes a full stop at the end, because the printed sentence continues. */
const withoutStop = (text: string): string => oneLine(text).replace(/\.+$/, '');

function stacks(error: unknown): string[] {
  const found: string[] = [];
  let current = error;
  while (current instanceof Error) {
    const stack = current.stack ?? String(current);
    found.push(found.length === 0 ? stack : `caused by ${stack}`);
    current = current.cause;
  }
  return found;
}
