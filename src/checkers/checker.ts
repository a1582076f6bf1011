import type { Operation } from '../history/operation.ts';
import type { Evidence } from './evidence.ts';
import type { EvidenceKind } from './gaps.ts';

/**
 * `skipped`: the target does not give the evidence that the check needs, or nothing of what it looks at happened.
 * `missing`: the target promised that evidence, and it is not there; the verdict is `unknown` then.
 */
export type CheckStatus = 'valid' | 'invalid' | 'unknown' | 'missing' | 'skipped';

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
  /**
   * The evidence without which the check cannot be made. The judge calls `check` only with evidence that has all of it,
   * and with a manifest (`sale.evidence`) that promises nothing that is not there.
   */
  needs: readonly EvidenceKind[];
  /** Kinds of evidence of which the check needs one at least. */
  needsOneOf?: readonly EvidenceKind[];
  /**
   * True for a check that finds any contradiction: the judge makes it only if no other check is invalid, so that a fault is
   * laid on the check that it belongs to.
   */
  isLastResort?: boolean;
  check(evidence: Evidence): Finding;
}
