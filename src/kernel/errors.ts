import { ExitCode } from './exit-codes.ts';

/**
 * A failure the user can mend: what failed, why, and what to type next. Printed as one line and never
 * with a stack trace; anything else that reaches `main` is a bug and exits 1.
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

  /** The command line, a config file or a scenario is wrong: exit 2. */
  static usage(what: string, details: { why: string; next: string; cause?: unknown }): UserError {
    return new UserError(ExitCode.usage, what, details);
  }

  /** Something the command needs is not there (a port, a database, a target): exit 3. */
  static environment(
    what: string,
    details: { why: string; next: string; cause?: unknown },
  ): UserError {
    return new UserError(ExitCode.environment, what, details);
  }
}

/** The innermost message of an error chain: what the operating system or database really said. */
export function rootMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  if (current instanceof AggregateError && current.errors.length > 0) {
    return rootMessage(current.errors[0]);
  }
  return current instanceof Error ? current.message || current.name : String(current);
}
