export interface Sweeper {
  start(): void;
  /** Resolves when the pass under way, if any, has ended. */
  stop(): Promise<void>;
}

/** The most rows of one sweep. A pass that finds this many sweeps again at once. */
const BATCH = 1000;

/**
 * Sweeps rows whose time is over, every `intervalMs`: the units of lapsed holds are put back on sale, expired sessions are
 * deleted. A hold or session ends when its time is over, swept or not. Any number of servers may sweep at the same time.
 * A pass that fails is logged, and the next one does its work.
 */
export function createSweeper(deps: {
  /** The name of the rows in the log, such as "lapsed holds". */
  what: string;
  /** Sweeps about `limit` rows. Returns how many. */
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
