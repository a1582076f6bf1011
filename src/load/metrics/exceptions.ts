/** What scripts threw: all counted, the first different ones kept in words. */
export interface Exceptions {
  record(error: unknown): void;
  result(): DrainedExceptions;
  /** What was counted since the last drain, taken out; every message is given out once. */
  drain(): DrainedExceptions;
  absorb(drained: DrainedExceptions): void;
}

export interface DrainedExceptions {
  count: number;
  first: string[];
}

const KEPT_MAX = 10;

export function createExceptions(deps: {
  describe: (error: unknown) => string;
  log: (line: string) => void;
}): Exceptions {
  let count = 0;
  let drained = 0;
  const first: string[] = [];

  function keep(message: string): void {
    if (first.length >= KEPT_MAX || first.includes(message)) return;
    first.push(message);
    deps.log(message);
  }

  return {
    record(error) {
      count += 1;
      if (first.length < KEPT_MAX) keep(deps.describe(error));
    },
    result: () => ({ count, first }),
    drain() {
      const taken = { count, first: first.slice(drained) };
      count = 0;
      drained = first.length;
      return taken;
    },
    absorb(more) {
      count += more.count;
      more.first.forEach(keep);
    },
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

/** Does `work`, and throws what a promise that it left behind was rejected with. */
export async function throwLeftBehind<Result>(
  owns: (error: unknown) => boolean,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const rejections: unknown[] = [];
  const unguard = guardRejections(owns, (error) => rejections.push(error));
  try {
    const result = await work();
    // Rejections are reported a moment after they happen.
    await new Promise((resolve) => setImmediate(resolve));
    if (rejections.length > 0) throw rejections[0];
    return result;
  } finally {
    unguard();
  }
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
