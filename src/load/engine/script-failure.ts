import { UserError } from '../../kernel/errors.ts';
import { AbortedInInit } from '../vu/aborted-in-init.ts';
import type { LoadedScript } from '../vu/script.ts';

type Script = Pick<LoadedScript, 'name' | 'path' | 'describeError'>;

/** The UserError for an error that one part of a script threw (`init code`, `setup()`). */
export function scriptFailure(script: Script, part: string, error: unknown): UserError {
  if (error instanceof AbortedInInit) return abortFailure(script.path, error);
  return UserError.usage(`${part} of ${script.name} failed`, {
    why: script.describeError(error),
    next: `mend ${script.path} and run it again`,
    cause: error,
  });
}

/** The UserError for init code that ended the run by itself. */
export const abortFailure = (path: string, error: AbortedInInit): UserError =>
  UserError.failed('the script ended the run in its init code', {
    why: error.message,
    next: `see where ${path} calls exec.test.abort()`,
    cause: error,
  });

/** Runs work that only one part of a script can make fail; a UserError passes unchanged. */
export async function blameScript(
  script: Script,
  part: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof UserError ? error : scriptFailure(script, part, error);
  }
}
