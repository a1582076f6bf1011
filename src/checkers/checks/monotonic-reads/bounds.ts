import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall } from '../../prose.ts';
import { totalInBooks } from '../../reading/books-total.ts';
import { surely } from '../../reading/bounds.ts';
import { returnedByNs, soldByNs } from '../../reading/buyers-holds.ts';
import {
  highestWithin,
  lowestWithin,
  type Windows,
  windowsOf,
} from '../../reading/highest-within.ts';
import type { Hold } from '../../reading/hold.ts';
import { findHolds } from '../../reading/holds.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import { mayBeTakenUnseen, mayHaveOlderRows } from '../../reading/other-people.ts';
import { findPossibleUnits, type PossibleUnits } from '../../reading/possible-units.ts';
import { unexplainedBySku } from '../../reading/unexplained.ts';
import type { Wrong } from './finding.ts';

/** Finds counts that are outside of what the holds and sales can have been at any moment that the read can have seen. */
export function countsOutOfBounds(
  sku: string,
  reads: Operation[],
  evidence: Evidence,
): Wrong | undefined {
  if (reads.length === 0) return undefined;
  if (mayBeTakenUnseen(evidence.sale, indexLedger(evidence).index)) return undefined;
  const lagNs = (evidence.sale.readLagMs ?? 0) * 1e6;
  const windows = windowsOf(
    reads,
    ({ invokedAtNs }) => invokedAtNs - lagNs,
    ({ completedAtNs }) => completedAtNs,
  );
  return (
    availableOutOfBounds(sku, reads, windows, evidence) ??
    soldOutOfBounds(sku, reads, windows, evidence)
  );
}

function availableOutOfBounds(
  sku: string,
  reads: Operation[],
  windows: Windows,
  evidence: Evidence,
): Wrong | undefined {
  const { sale } = evidence;
  const total = totalInBooks(sku, evidence);
  const holds = countedOnce(sku, evidence);
  const most = highestWithin(findPossibleUnits(sku, evidence), windows);
  const fewest = lowestWithin(
    holds.flatMap((hold) => surely(hold, sale) ?? []),
    windows,
  );
  return firstOutside(reads, 'available', (place) => [
    total - (most[place] as number),
    // A shop that has sold too much shows none as left: that it sold too much is no fault of the read.
    Math.max(0, total - (fewest[place] as number)),
  ])(sku, evidence);
}

function soldOutOfBounds(
  sku: string,
  reads: Operation[],
  windows: Windows,
  evidence: Evidence,
): Wrong | undefined {
  if (mayHaveOlderRows(sku, evidence.sale)) return undefined;
  const holds = findHolds(evidence).bySku.get(sku) ?? [];
  const possible: PossibleUnits[] = (unexplainedBySku(evidence).get(sku) ?? []).map(
    ({ quantity }) => ({
      fromNs: Number.MIN_SAFE_INTEGER,
      untilNs: Number.POSITIVE_INFINITY,
      units: quantity,
    }),
  );
  const sure: PossibleUnits[] = [];
  const once = new Set(countedOnce(sku, evidence));
  for (const hold of holds) {
    // The row of a call without an answer may be sold by a checkout that nobody gave it to.
    if (hold.confirmed === 'no' && hold.reservation?.status !== 'CONFIRMED') continue;
    const { quantity: units } = hold;
    const [first = hold.reserve] = hold.confirms;
    possible.push({
      fromNs: first.invokedAtNs,
      untilNs: returnedByNs(hold) ?? Number.POSITIVE_INFINITY,
      units,
    });
    const soldNs = soldByNs(hold);
    if (soldNs === undefined || !once.has(hold)) continue;
    const untilNs = hold.cancels[0]?.invokedAtNs ?? Number.POSITIVE_INFINITY;
    if (untilNs > soldNs) sure.push({ fromNs: soldNs, untilNs, units });
  }
  const most = highestWithin(possible, windows);
  const fewest = lowestWithin(sure, windows);
  return firstOutside(reads, 'sold', (place) => [fewest[place] as number, most[place] as number])(
    sku,
    evidence,
  );
}

/** The holds of a SKU that surely are units of their own: an attempt may have succeeded by what its buyer had bought before. */
function countedOnce(sku: string, evidence: Evidence): Hold[] {
  const holds = findHolds(evidence).bySku.get(sku) ?? [];
  const byBuyer = groupBy(holds, ({ buyer }) => buyer);
  return holds.filter(
    ({ reserve, buyer }) =>
      reserve.kind !== 'attempt' || buyer === undefined || byBuyer.get(buyer)?.length === 1,
  );
}

/** Finds the first read whose count is outside of its bounds. */
const firstOutside =
  (
    reads: Operation[],
    column: 'available' | 'sold',
    boundsOf: (place: number) => [least: number, most: number],
  ) =>
  (sku: string, { sale }: Evidence): Wrong | undefined => {
    for (const [place, read] of reads.entries()) {
      const seen = read.observed?.[column];
      const [least, most] = boundsOf(place);
      if (seen === undefined || (seen >= least && seen <= most)) continue;
      const limit = seen < least ? `at least ${least}` : `at most ${most}`;
      return {
        summary: `a read of ${skuName(sku)} shows ${count(seen, 'unit')} ${column}, there were ${limit}`,
        witness: {
          prose: `${describeCall(read, sale)}: ${count(seen, 'unit')} ${column}. By all answers, ${limit} can have been ${column} at any moment that the read can have seen.`,
          operations: [read],
        },
      };
    }
    return undefined;
  };
