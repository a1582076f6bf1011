import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { findHolds } from './holds.ts';
import { indexLedger } from './ledger-index.ts';
import type { ReservationRow } from './rows.ts';

/**
 * The reservations of the final ledger of which nobody knows the call: a registration that was refused half-way leaves such
 * a row. Their units may have been off sale at any time.
 */
export const findUnexplained = memoized((evidence: Evidence): ReservationRow[] => {
  const { byId } = findHolds(evidence);
  const { index: ledger } = indexLedger(evidence);
  return (ledger?.reservations ?? []).filter(({ reservationId }) => !byId.has(reservationId));
});

export const unexplainedBySku = memoized(
  (evidence: Evidence): Map<string, ReservationRow[]> =>
    groupBy(findUnexplained(evidence), ({ skuId }) => skuId),
);
