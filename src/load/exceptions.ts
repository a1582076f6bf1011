import type { LoadResult } from './result.ts';

/** What scripts threw: all counted, the first different ones kept in words. */
export interface Exceptions {
  record(error: unknown): void;
  result(): LoadResult['exceptions'];
}

const KEPT_MAX = 10;

export function createExceptions(deps: {
  describe: (error: unknown) => string;
  log: (line: string) => void;
}): Exceptions {
  let count = 0;
  const first: string[] = [];
  return {
    record(error) {
      count += 1;
      if (first.length >= KEPT_MAX) return;
      const message = deps.describe(error);
      if (first.includes(message)) return;
      first.push(message);
      deps.log(message);
    },
    result: () => ({ count, first }),
  };
}

/**
 * Catches the rejections of promises a script did not await: they are exceptions of the script, and must not end the
 * process as Node's default would. Rejections that are not the script's still end it, as a bug should.
 */
export function guardRejections(
  owns: (error: unknown) => boolean,
  onRejection: (error: unknown) => void,
): () => void {
  const guard = (error: unknown): void => {
    if (!owns(error)) throw error;
    onRejection(error);
  };
  process.on('unhandledRejection', guard);
  return () => process.off('unhandledRejection', guard);
}

const STACK_FRAMES = 40;

/** Lets errors keep so many frames that the script's own line is still among them, below the engine's. */
export function deepenStacks(): () => void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.max(stackTraceLimit, STACK_FRAMES);
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
}
