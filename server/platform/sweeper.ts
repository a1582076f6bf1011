export interface Sweeper {
  start(): void;
  /** Resolves when the pass under way, if any, has ended. */
  stop(): Promise<void>;
}

/** Swept in one go; a pass that finds as many goes on at once. */
const BATCH = 1000;

/**
 * Clears away what is over, every `intervalMs`: it brings the units of lapsed holds back on sale, and deletes expired
 * sessions. It only reclaims: these are over the moment their time is, swept or not. Any number of servers may sweep at
 * once. A pass that fails is logged, and the next one does its work.
 */
export function createSweeper(deps: {
  /** In the log: "lapsed holds". */
  what: string;
  /** Sweeps about `limit` of them; answers with how many. */
  sweep(limit: number): Promise<number>;
  intervalMs: number;
  log: { error(details: object, message: string): void };
}): Sweeper {
  const { what, intervalMs, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let pass: Promise<void> = Promise.resolve();
  let stopped = false;

  async function sweep(): Promise<void> {
    try {
      while (!stopped && (await deps.sweep(BATCH)) >= BATCH);
    } catch (error) {
      log.error({ err: error }, `${what} were not swept; the next pass tries again`);
    }
  }

  function schedule(): void {
    timer = setTimeout(() => {
      pass = sweep().then(() => {
        if (!stopped) schedule();
      });
    }, intervalMs);
  }

  return {
    start: schedule,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await pass;
    },
  };
}
