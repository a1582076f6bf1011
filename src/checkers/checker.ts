import type { Operation } from '../history/operation.ts';
import type { Evidence } from './evidence.ts';

export type CheckStatus = 'valid' | 'invalid' | 'unknown' | 'skipped';

/** At most ten operations, and the sentences that lead a person from them to the conclusion. */
export interface Witness {
  prose: string;
  operations: Operation[];
}

/** The result of one check. */
export interface Finding {
  status: CheckStatus;
  /** One sentence with the numbers behind the status, or with the evidence that is missing. */
  summary: string;
  witness?: Witness;
}

/** A finding with the name of its check. */
export interface CheckResult extends Finding {
  name: string;
}

/** Looks for one anomaly. Pure: the same evidence gives the same finding. A check that throws counts as `unknown`. */
export interface Checker {
  name: string;
  check(evidence: Evidence): Finding;
}
