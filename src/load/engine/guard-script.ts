import { RequestError } from '../http/request-error.ts';
import type { Exceptions } from '../metrics/exceptions.ts';
import { IterationInterrupted } from '../schedule/iteration.ts';
import type { LoadedScript } from '../vu/script.ts';
import { deepenStacks, guardRejections } from './script-errors.ts';

/**
 * Counts rejections of promises that a script did not await as its exceptions. They would end the process otherwise.
 *
 * @returns a function that ends the counting
 */
export function guardScript(
  script: Pick<LoadedScript, 'owns'>,
  exceptions: Pick<Exceptions, 'record'>,
): () => void {
  const restoreStacks = deepenStacks();
  const unguard = guardRejections(
    (error) =>
      error instanceof IterationInterrupted || error instanceof RequestError || script.owns(error),
    (error) => {
      if (!(error instanceof IterationInterrupted)) exceptions.record(error);
    },
  );
  return () => {
    restoreStacks();
    // Node reports a rejection only after the code that runs now.
    setImmediate(unguard);
  };
}
