import { createSaleWatch } from '../../checkers/watching/sale-watch.ts';
import { watchCalls } from '../../history/call-watch.ts';
import type { SaleFacts } from '../../history/operation.ts';
import type { HistoryFile } from '../../history/recorder.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import type { SeenViolation } from '../events.ts';
import type { LoadWatch } from '../run-kind.ts';

/** The watch of a sale, and what has to pass through it. */
export interface WatchedLoad extends LoadWatch {
  scraped(scrape: MetricsScrape): void;
  /** The history with a recorder whose calls the watch hears. */
  record(history: HistoryFile): HistoryFile;
  /** Everything that was seen, in the order in which it was. */
  seen: SeenViolation[];
}

/** Watches the calls of a load as they are recorded in this thread, or as its threads tell of them. */
export function watchLoad(sale: SaleFacts, clock: Clock): WatchedLoad {
  const watch = createSaleWatch(sale);
  const seen: SeenViolation[] = [];
  let heardUntilNs = (): number => Number.NEGATIVE_INFINITY;
  return {
    seen,
    scraped: watch.scraped,
    record(history) {
      const recorder = watchCalls(history, clock, watch.hear);
      heardUntilNs = recorder.heardUntilNs;
      return { ...history, ...recorder };
    },
    hear(events, untilNs) {
      for (const event of events) watch.hear(event);
      heardUntilNs = () => untilNs;
    },
    look({ elapsedMs }) {
      const fresh = watch
        .look(heardUntilNs())
        .map(({ check, summary }): SeenViolation => ({ check, summary, afterMs: elapsedMs }));
      seen.push(...fresh);
      return fresh;
    },
  };
}
