import { ExitCode } from './exit-codes.ts';

/**
 * A failure that the user can fix: what failed, why, and what to type next. It is printed without a stack trace. Any
 * other error that reaches `main` is a bug and exits with 1.
 */
export class UserError extends Error {
  readonly why: string;
  readonly next: string;
  readonly exitCode: ExitCode;

  private constructor(
    exitCode: ExitCode,
    what: string,
    details: { why: string; next: string; cause?: unknown },
  ) {
    super(what, { cause: details.cause });
    this.name = 'UserError';
    this.why = details.why;
    this.next = details.next;
    this.exitCode = exitCode;
  }

  /** The command line, a config file or a scenario is wrong: exit code 2. */
  static usage(what: string, details: { why: string; next: string; cause?: unknown }): UserError {
    return new UserError(ExitCode.usage, what, details);
  }

  /** The script itself decided that the run fails, before there was one: exit code 11. */
  static failed(what: string, details: { why: string; next: string; cause?: unknown }): UserError {
    return new UserError(ExitCode.thresholdMissed, what, details);
  }

  /** Something that the command needs is missing (a port, a database, a target): exit code 3. */
  static environment(
    what: string,
    details: { why: string; next: string; cause?: unknown },
  ): UserError {
    return new UserError(ExitCode.environment, what, details);
  }
}

/** The innermost message of a chain of causes: the message of the operating system or the database. */
export function rootMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  if (current instanceof AggregateError && current.errors.length > 0) {
    return rootMessage(current.errors[0]);
  }
  return current instanceof Error ? current.message || current.name : String(current);
}
