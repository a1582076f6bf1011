import type { Operation } from '../../../history/operation.ts';
import { bulletList } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall, witnessOperations } from '../../prose.ts';
import { ofBuyer } from '../../reading/ledger-index.ts';
import type { Wrong } from './finding.ts';

/** True for an answered read of the decision over an attempt. */
export const isDecisionRead = ({ kind, outcome, observed }: Operation): boolean =>
  kind === 'read' && outcome === 'ok' && observed?.decision !== undefined;

/** The decisions that are final. An attempt that was decided is never decided otherwise, and never undecided again. */
const FINAL = new Set(['SUCCESS', 'FAILED']);

/**
 * Finds a buyer who was told of two different decisions over one attempt, or, after a decision, that there is none yet. A
 * "not yet" may be as far behind as the target says of its reads.
 */
export function findChangedDecision({ sale, operations }: Evidence): Wrong | undefined {
  const lagNs = (sale.readLagMs ?? 0) * 1e6;
  const decided = new Map<string, Operation>();
  const reads = operations.filter(isDecisionRead);
  for (const read of reads) {
    const decision = read.observed?.decision ?? '';
    if (!FINAL.has(decision)) continue;
    const key = ofBuyer(read.sku, read.buyer);
    const first = decided.get(key);
    if (first === undefined || read.completedAtNs < first.completedAtNs) decided.set(key, read);
    if (first !== undefined && first.observed?.decision !== decision) {
      return describe(first, read, sale);
    }
  }
  for (const read of reads) {
    const first = decided.get(ofBuyer(read.sku, read.buyer));
    if (first === undefined || FINAL.has(read.observed?.decision ?? '')) continue;
    if (first.completedAtNs < read.invokedAtNs - lagNs) return describe(first, read, sale);
  }
  return undefined;
}

function describe(first: Operation, second: Operation, sale: Evidence['sale']): Wrong {
  const [before, after] = [first.observed?.decision, second.observed?.decision];
  return {
    summary: `a buyer was told ${before} and then ${after} of one attempt`,
    witness: {
      prose: bulletList(
        `A decision over an attempt is final. One buyer was told ${before}, and of the same attempt ${after}:`,
        [first, second].map((read) => `${describeCall(read, sale)}: ${read.observed?.decision}`),
      ),
      operations: witnessOperations([first, second]),
    },
  };
}
