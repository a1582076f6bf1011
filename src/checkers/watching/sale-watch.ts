import type { CallEvent } from '../../history/call-watch.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { serverMetrics } from '../../metrics/catalogue.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import { oversoldInScrape } from '../checks/metrics-agreement/stock-gauges.ts';
import { metricsAgreement } from '../checks/metrics-agreement.ts';
import type { Violation } from './watch.ts';
import { watchHolds } from './watch-holds.ts';
import { watchKeys } from './watch-keys.ts';
import { watchOnce } from './watch-once.ts';

/** Watches a sale while it goes on, for what is certain from the answers and scrapes so far. */
export interface SaleWatch {
  /** Hears of calls, in any order as long as those about one wish come in the order of time. */
  hear(event: CallEvent): void;
  scraped(scrape: MetricsScrape): void;
  /**
   * Answers with what was found since the look before, each check at most once in a sale. `heardUntilNs`: everything before
   * this moment was heard.
   */
  look(heardUntilNs: number): Violation[];
}

/**
 * Creates the watch of a sale. It has one violation of each check at most, and the check itself finds it in the whole history:
 * later evidence may show more, and shows nothing of this to be right. Its memory is bounded; what it has no room for is left
 * to the verdict.
 */
export function createSaleWatch(sale: SaleFacts): SaleWatch {
  const holds = watchHolds(sale);
  const answers = [...watchOnce(sale), watchKeys()];
  const onSale = new Set(sale.skus.map(({ skuId }) => skuId));
  const found = new Set<string>();
  let fresh: Violation[] = [];

  function report(check: string, summary: string | undefined, atNs: number): void {
    if (summary === undefined || found.has(check)) return;
    found.add(check);
    fresh.push({ check, summary, atNs });
  }

  return {
    hear(event) {
      holds.hear(event);
      for (const { check, hear } of answers) report(check, hear(event), event.call.completedAtNs);
    },
    scraped(scrape) {
      if (found.has(metricsAgreement.name)) return;
      // A scrape may show a million SKUs, and hardly ever an oversold one.
      for (const { name, labels, value } of scrape.samples) {
        if (value === 0 || name !== serverMetrics.oversoldUnits.name) continue;
        const sku = labels.sku ?? '';
        const seen = onSale.has(sku) ? oversoldInScrape(scrape, sku, sale) : undefined;
        report(metricsAgreement.name, seen?.summary, scrape.endedAtNs);
      }
    },
    look(heardUntilNs) {
      for (const { check, summary } of holds.settle(heardUntilNs)) {
        report(check, summary, heardUntilNs);
      }
      const seen = fresh;
      fresh = [];
      return seen;
    },
  };
}
