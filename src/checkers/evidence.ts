import type { LedgerSnapshot } from '../history/ledger-snapshot.ts';
import type { Operation, SaleFacts } from '../history/operation.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';

/** The material of a verdict. A check whose material is absent is `skipped`, never `valid`. */
export interface Evidence {
  sale: SaleFacts;
  /** In the order of invocation. */
  operations: Operation[];
  ledger?: LedgerSnapshot;
  /** In the order in which they were taken, all instances mixed. */
  scrapes?: MetricsScrape[];
  /** The load generator's report about itself. */
  generator?: { saturated: boolean; reasons: string[] };
  /** True when the history breaks off: the load generator died, and everything after that is missing. */
  truncated?: boolean;
}
