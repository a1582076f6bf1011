/** Counts the errors that scripts threw, and keeps the first different messages. */
export interface Exceptions {
  record(error: unknown): void;
  /**
   * Counts something for which the run fails.
   *
   * @param isThrown true for an exception that nobody caught, for which it does not fail if the script allows exceptions
   */
  fail(reason: string, isThrown?: boolean): void;
  result(): DrainedExceptions;
  /** Removes and returns the count; each message is returned by one drain only. */
  drain(): DrainedExceptions;
  merge(drained: DrainedExceptions): void;
}

export interface DrainedExceptions {
  count: number;
  first: string[];
  /** Those among them that no script can allow. */
  failed: number;
}

const MESSAGES_MAX = 10;

export function createExceptions(deps: {
  describe: (error: unknown) => string;
  log: (line: string) => void;
}): Exceptions {
  let count = 0;
  let failed = 0;
  let drained = 0;
  const first: string[] = [];

  function keep(message: string): void {
    if (first.length >= MESSAGES_MAX || first.includes(message)) return;
    first.push(message);
    deps.log(message);
  }

  return {
    record(error) {
      count += 1;
      if (first.length < MESSAGES_MAX) keep(deps.describe(error));
    },
    fail(reason, isThrown = false) {
      count += 1;
      if (!isThrown) failed += 1;
      // An error has the place in the script, if it is made there.
      keep(deps.describe(new Error(reason)));
    },
    result: () => ({ count, first, failed }),
    drain() {
      const taken = { count, first: first.slice(drained), failed };
      count = 0;
      failed = 0;
      drained = first.length;
      return taken;
    },
    merge(more) {
      count += more.count;
      failed += more.failed;
      more.first.forEach(keep);
    },
  };
}
