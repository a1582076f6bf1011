import type { LedgerSnapshot } from '../history/ledger-snapshot.ts';
import type { Operation, SaleFacts } from '../history/operation.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';

/** Everything a verdict may be reached from. What is absent makes the checks that need it `skipped`, never `valid`. */
export interface Evidence {
  sale: SaleFacts;
  /** In the order of invocation. */
  operations: Operation[];
  ledger?: LedgerSnapshot;
  /** In the order they were taken, all instances mixed. */
  scrapes?: MetricsScrape[];
  /** What the load generator says of itself. */
  generator?: { saturated: boolean; reasons: string[] };
  /** The history breaks off: the load generator died, and what came after is not in it. */
  truncated?: boolean;
}

export type CheckStatus = 'valid' | 'invalid' | 'unknown' | 'skipped';

/** At most ten operations and the sentences that lead a person from them to the conclusion. */
export interface Witness {
  prose: string;
  operations: Operation[];
}

export interface CheckResult {
  name: string;
  status: CheckStatus;
  /** One sentence with the numbers it rests on: what was looked at, or what is missing. */
  summary: string;
  witness?: Witness;
}

/** One anomaly. Pure: the same evidence gives the same result. A check that throws counts as `unknown`. */
export interface Checker {
  name: string;
  check(evidence: Evidence): Omit<CheckResult, 'name'>;
}

export type VerdictStatus = 'valid' | 'invalid' | 'unknown' | 'inconclusive';

export interface Verdict {
  status: VerdictStatus;
  /** The verdict in one sentence for a person. */
  sentence: string;
  checks: CheckResult[];
  /** Why a run that found nothing wrong could not have found it: the anti-vacuity gate. Empty when it could. */
  inconclusiveBecause: string[];
}
