import type { Operation } from '../../history/operation.ts';
import { smallest } from '../../kernel/extremes.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { Evidence } from '../evidence.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';
import { indexLedger, ofBuyer } from './ledger-index.ts';
import type { ReservationRow } from './rows.ts';
import { findUnexplained } from './unexplained.ts';

/** The holds of each buyer and SKU, by `ofBuyer`. */
export interface BuyersHolds {
  holds: Map<string, Hold[]>;
  /** Rows of the final ledger. */
  rows: Map<string, ReservationRow[]>;
  /** Rows of which nobody knows the call. */
  unexplained: Map<string, ReservationRow[]>;
}

/** Finds the holds of all buyers. They are not kept with the evidence: the maps take as much room as the holds themselves. */
export function findBuyersHolds(evidence: Evidence): BuyersHolds {
  const { bySku } = findHolds(evidence);
  const reservations = indexLedger(evidence).index?.reservations ?? [];
  const keyOf = ({ skuId, userId }: ReservationRow): string => ofBuyer(skuId, userId);
  return {
    holds: groupBy([...bySku.values()].flat(), ({ sku, buyer }) =>
      buyer === undefined ? undefined : ofBuyer(sku, buyer),
    ),
    rows: groupBy(reservations, keyOf),
    unexplained: groupBy(findUnexplained(evidence), keyOf),
  };
}

/** The moment from which a hold was surely sold; undefined if no answer says so. */
export function soldByNs({ confirms, knownAtNs }: Hold): number | undefined {
  let earliestNs = Number.POSITIVE_INFINITY;
  for (const { kind, completedAtNs } of confirms) {
    // An attempt is accepted before it is decided. A call without an answer never completed.
    earliestNs = Math.min(earliestNs, kind === 'attempt' ? knownAtNs : completedAtNs);
  }
  return Number.isFinite(earliestNs) ? earliestNs : undefined;
}

/** The moment from which the units of an order were surely given back; undefined if no answer says so. */
export const returnedByNs = ({ cancels }: Hold): number | undefined => earliestYes(cancels);

/** The moment from which a hold was surely given back; undefined if no answer says so. */
export const releasedByNs = ({ releases }: Hold): number | undefined => earliestYes(releases);

function earliestYes(calls: readonly Operation[]): number | undefined {
  const answers = calls.flatMap(({ outcome, completedAtNs }) =>
    outcome === 'ok' ? [completedAtNs] : [],
  );
  return answers.length === 0 ? undefined : smallest(answers);
}
