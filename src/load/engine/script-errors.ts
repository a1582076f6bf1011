/**
 * Reports rejections of promises that the script did not await. They are exceptions of the script and must not end the
 * process, as Node's default would. Rejections that are not the script's still end it, because they are bugs.
 *
 * @param owns true for an error of the script
 * @returns a function that ends the reporting
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

/** Runs `work`, and throws the first rejection of a promise of the script that `work` did not await. */
export async function throwUnhandledRejection<Result>(
  owns: (error: unknown) => boolean,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const rejections: unknown[] = [];
  const unguard = guardRejections(owns, (error) => rejections.push(error));
  try {
    const result = await work();
    // Node reports a rejection only after the current turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (rejections.length > 0) throw rejections[0];
    return result;
  } finally {
    unguard();
  }
}

const STACK_FRAMES = 40;

/**
 * Lets errors keep so many frames that the line of the script is still among them, below the frames of the engine.
 *
 * @returns a function that restores the limit
 */
export function deepenStacks(): () => void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.max(stackTraceLimit, STACK_FRAMES);
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
}
