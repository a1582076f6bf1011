import type { Checker, Finding } from './checker.ts';
import type { Evidence } from './evidence.ts';
import type { EvidenceKind } from './gaps.ts';
import { indexLedger, type LedgerIndex } from './reading/ledger-index.ts';

/** Makes a check of the final ledger. `needs` or `needsOneOf` names at least one kind of its rows. */
export const checkLedger = (
  name: string,
  needs: readonly EvidenceKind[],
  check: (ledger: LedgerIndex, evidence: Evidence) => Finding,
  needsOneOf: readonly EvidenceKind[] = [],
): Checker => ({
  name,
  needs,
  needsOneOf,
  check(evidence) {
    const { index } = indexLedger(evidence);
    if (index === undefined) throw new Error(`${name} was given no ledger`);
    return check(index, evidence);
  },
});
