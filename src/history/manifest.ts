import type { LedgerRowKind } from '../protocol/ledger.ts';
import type { CountedDecision } from './counted.ts';

/**
 * The evidence that a target and the run promise to give of a sale, recorded before the sale begins. Evidence that was
 * promised and is missing afterwards makes a verdict `unknown`; evidence that was never promised only skips the checks
 * that need it.
 */
export interface Manifest {
  /** The kinds of rows of the target's final ledger; empty if its ledger cannot be read. */
  ledger: LedgerRowKind[];
  /** True if every yes to a call that changes stock carries the number of its stock movement. */
  sequences: boolean;
  /**
   * True if one clock gives the times of all rows of the ledger, each between the beginning of its change and its commit.
   * Absent: their times cannot be compared with those of the calls.
   */
  oneClock?: boolean;
  /** The consumer groups whose handled events the ledger lists, each with its topics. */
  consumers: { group: string; topics: string[] }[];
  /** Base URLs of the instances whose metrics are scraped before, during and after the load. */
  scraped: string[];
  /** True if no process works for the sale but those that are scraped: the run has started them itself. */
  scrapedAll?: boolean;
  /** True if the load generator reports at the end if it kept up with its plan. */
  generator: boolean;
  /** Names of the user's own assertions that are asked when the target is at rest. */
  invariants?: string[];
  /** The target's own counters of decisions, as PromQL selectors in which `$sku` stands for the SKUs on sale. */
  counters?: Partial<Record<CountedDecision, string>>;
}

/** The manifest of a target that gives nothing but its answers. */
export const answersOnly: Manifest = {
  ledger: [],
  sequences: false,
  consumers: [],
  scraped: [],
  generator: false,
};

/** One reading of a SKU's ledger. */
export interface BooksReading {
  skuId: string;
  /** Nanoseconds on the history's monotonic clock, before the request and after the last row. */
  fromNs: number;
  toNs: number;
  /** The number of rows of each kind that the target says it sent; absent if the reading ended before the target said so. */
  counts?: Partial<Record<LedgerRowKind, number>>;
  /** The reason why the ledger could not be read to its end. */
  problem?: string;
}
