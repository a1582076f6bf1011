/** Counts the errors that scripts threw, and keeps the first different messages. */
export interface Exceptions {
  record(error: unknown): void;
  result(): DrainedExceptions;
  /** Removes and returns the count; each message is returned by one drain only. */
  drain(): DrainedExceptions;
  merge(drained: DrainedExceptions): void;
}

export interface DrainedExceptions {
  count: number;
  first: string[];
}

const MESSAGES_MAX = 10;

export function createExceptions(deps: {
  describe: (error: unknown) => string;
  log: (line: string) => void;
}): Exceptions {
  let count = 0;
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
    result: () => ({ count, first }),
    drain() {
      const taken = { count, first: first.slice(drained) };
      count = 0;
      drained = first.length;
      return taken;
    },
    merge(more) {
      count += more.count;
      more.first.forEach(keep);
    },
  };
}
