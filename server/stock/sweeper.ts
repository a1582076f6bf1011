import type { Admission } from './admission/admission.ts';
import type { StockLedger } from './ledger.ts';

export interface Sweeper {
  start(): void;
  /** Resolves when the pass under way, if any, has ended. */
  stop(): Promise<void>;
}

/** Holds swept in one go; a pass that finds as many goes on at once. */
const BATCH = 1000;

/**
 * Brings the units of lapsed holds back on sale, every `intervalMs`, and the admission filter in line with the ledger. It only reclaims: a hold is over the moment it
 * lapses, swept or not. Any number of servers may sweep at once. A pass that fails is logged, and the next one does its
 * work.
 */
export function createSweeper(deps: {
  ledger: Pick<StockLedger, 'expireLapsed'>;
  admission?: Pick<Admission, 'reconcile'>;
  intervalMs: number;
  log: { error(details: object, message: string): void };
}): Sweeper {
  const { ledger, admission, intervalMs, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let pass: Promise<void> = Promise.resolve();
  let stopped = false;

  async function sweep(): Promise<void> {
    try {
      while (!stopped && (await ledger.expireLapsed(BATCH)) >= BATCH);
    } catch (error) {
      log.error({ err: error }, 'lapsed holds were not swept; the next pass tries again');
    }
    await admission?.reconcile();
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
