import { RequestError } from '../http/request-error.ts';
import type { Exceptions } from '../metrics/exceptions.ts';
import { IterationInterrupted } from '../schedule/iteration.ts';
import type { LoadedScript } from '../vu/script.ts';
import { deepenStacks, guardRejections } from './script-errors.ts';

/**
 * Counts the rejections that a script leaves unhandled as its exceptions; they would end the process otherwise. Returns
 * a function that ends this.
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
    // Node reports a rejection a moment after it happens.
    setImmediate(unguard);
  };
}
