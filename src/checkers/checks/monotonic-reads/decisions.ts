import type { Operation } from '../../../history/operation.ts';
import type { Evidence } from '../../evidence.ts';
import { witnessOfCalls } from '../../prose.ts';
import { ofBuyer } from '../../reading/ledger-index.ts';
import type { Wrong } from './finding.ts';

/** True for a call whose answer tells of the decision over an attempt. */
export const isDecisionRead = ({ observed }: Operation): boolean =>
  observed?.decision !== undefined;

/** The decisions that are final. An attempt that was decided is never decided otherwise, and never undecided again. */
export const FINAL: ReadonlySet<string> = new Set(['SUCCESS', 'FAILED']);

/**
 * Returns a function that names the attempt which a read is about: the only one of its buyer, else the one whose id it has.
 * Undefined for a read that may be about several, because buyers of a described shop may attempt as often as they like.
 */
function createAttemptNames({
  sale,
  operations,
}: Evidence): (read: Operation) => string | undefined {
  if (sale.shop === undefined) return ({ sku, buyer }) => ofBuyer(sku, buyer);
  const attempts = new Map<string, number>();
  for (const { kind, outcome, sku, buyer } of operations) {
    if (kind !== 'attempt' || outcome === 'fail') continue;
    const key = ofBuyer(sku, buyer);
    attempts.set(key, (attempts.get(key) ?? 0) + 1);
  }
  return ({ sku, buyer, order, hold }) => {
    const key = ofBuyer(sku, buyer);
    return buyer !== undefined && (attempts.get(key) ?? 0) <= 1 ? key : (order ?? hold);
  };
}

/**
 * Finds a buyer who was told of two different decisions over one attempt, or, after a decision, that there is none yet. A
 * "not yet" may be as far behind as the target says of its reads.
 */
export function findChangedDecision(evidence: Evidence): Wrong | undefined {
  const { sale, operations } = evidence;
  const lagNs = (sale.readLagMs ?? 0) * 1e6;
  const nameOf = createAttemptNames(evidence);
  const decided = new Map<string, Operation>();
  const reads = operations.filter(isDecisionRead).flatMap((read) => {
    const attempt = nameOf(read);
    return attempt === undefined ? [] : [{ read, attempt }];
  });
  for (const { read, attempt } of reads) {
    const decision = read.observed?.decision ?? '';
    if (!FINAL.has(decision)) continue;
    const first = decided.get(attempt);
    if (first === undefined || read.completedAtNs < first.completedAtNs) decided.set(attempt, read);
    if (first !== undefined && first.observed?.decision !== decision) {
      return describe(first, read, sale);
    }
  }
  for (const { read, attempt } of reads) {
    const first = decided.get(attempt);
    if (first === undefined || FINAL.has(read.observed?.decision ?? '')) continue;
    if (first.completedAtNs < read.invokedAtNs - lagNs) return describe(first, read, sale);
  }
  return undefined;
}

function describe(first: Operation, second: Operation, sale: Evidence['sale']): Wrong {
  const [before, after] = [first.observed?.decision, second.observed?.decision];
  return {
    summary: `a buyer was told ${before} and then ${after} of one attempt`,
    witness: witnessOfCalls(
      `A decision over an attempt is final. One buyer was told ${before}, and of the same attempt ${after}:`,
      [first, second],
      sale,
    ),
  };
}
