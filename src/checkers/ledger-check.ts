import type { Checker, Finding } from './checker.ts';
import type { Evidence } from './evidence.ts';
import { indexLedger, type LedgerIndex } from './reading/ledger-index.ts';

/** Makes a check of the final ledger, which is skipped when no ledger was read. */
export const checkLedger = (
  name: string,
  check: (ledger: LedgerIndex, evidence: Evidence) => Finding,
): Checker => ({
  name,
  check(evidence) {
    const { index } = indexLedger(evidence);
    if (index !== undefined) return check(index, evidence);
    return {
      status: 'skipped',
      summary: 'no final ledger was read; a target gives one by its admin API',
    };
  },
});
