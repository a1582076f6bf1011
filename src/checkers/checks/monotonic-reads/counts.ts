import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall } from '../../prose.ts';
import { totalInBooks } from '../../reading/books-total.ts';
import { mayHaveOlderRows } from '../../reading/other-people.ts';
import { createStates, type States } from '../../reading/states.ts';
import { countsOutOfBounds } from './bounds.ts';
import { type Counts, describeCounts, isStockRead, type Wrong } from './finding.ts';

/** Finds the first read of counts that never were. */
export function findWrongCounts(evidence: Evidence): Wrong | undefined {
  const reads = groupBy(evidence.operations.filter(isStockRead), ({ sku }) => sku);
  for (const { skuId } of evidence.sale.skus) {
    const ofSku = reads.get(skuId);
    if (ofSku === undefined) continue;
    const states = createStates(skuId, evidence);
    // Where the states are known, the bounds would only blame the reads for a sweeper that is late.
    const others = ofSku.filter(({ sequence }) => !states?.canJudge(sequence));
    const wrong =
      countsOfNoTotal(skuId, ofSku, evidence) ??
      (states && countsOfNoState(skuId, ofSku, states, evidence)) ??
      countsOutOfBounds(skuId, others, evidence);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Finds counts that do not add up to the units of the SKU. */
function countsOfNoTotal(sku: string, reads: Operation[], evidence: Evidence): Wrong | undefined {
  if (mayHaveOlderRows(sku, evidence.sale)) return undefined;
  const total = totalInBooks(sku, evidence);
  for (const read of reads) {
    const { available, reserved, sold } = read.observed as Counts;
    if (available === undefined || reserved === undefined || sold === undefined) continue;
    const sum = available + reserved + sold;
    if (sum === total) continue;
    return {
      summary: `a read of ${skuName(sku)} shows ${count(sum, 'unit')} together, there are ${total}`,
      witness: {
        prose: `${describeCall(read, evidence.sale)}: ${describeCounts(read.observed as Counts)}. That is ${count(sum, 'unit')} together, and ${skuName(sku)} has ${total}.`,
        operations: [read],
      },
    };
  }
  return undefined;
}

/** Finds counts that the ledger, replayed, never had: at the number that the read carries, else at the time of the read. */
function countsOfNoState(
  sku: string,
  reads: Operation[],
  states: States,
  { sale }: Evidence,
): Wrong | undefined {
  const lagNs = (sale.readLagMs ?? 0) * 1e6;
  for (const read of reads) {
    const counts = read.observed as Counts;
    if (read.sequence !== undefined) {
      const state = states.at(read.sequence);
      if (state === undefined || isSame(counts, state)) continue;
      return {
        summary: `a read of ${skuName(sku)} shows counts that its stock did not have`,
        witness: {
          prose: `${describeCall(read, sale)}: ${describeCounts(counts)} after stock movement ${read.sequence}. The movements up to that one leave ${describeCounts(state)}.`,
          operations: [read],
        },
      };
    }
    if (states.mayHaveBeen(counts, read.invokedAtNs - lagNs, read.completedAtNs)) continue;
    return {
      summary: `a read of ${skuName(sku)} shows counts that its stock did not have`,
      witness: {
        prose: `${describeCall(read, sale)}: ${describeCounts(counts)}. By the ledger's movements, ${skuName(sku)} had other counts at every moment that the read can have seen.`,
        operations: [read],
      },
    };
  }
  return undefined;
}

const COLUMNS = ['available', 'reserved', 'sold'] as const;

const isSame = (seen: Counts, state: Counts): boolean =>
  COLUMNS.every(
    (column) =>
      seen[column] === undefined || state[column] === undefined || seen[column] === state[column],
  );
