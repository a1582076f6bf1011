import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, shortId, skuName } from '../../../kernel/wording.ts';
import { eventfulCalls } from '../../reading/eventful-calls.ts';
import { type LedgerIndex, likeOf, ofBuyer } from '../../reading/ledger-index.ts';
import type { ReservationRow } from '../../reading/rows.ts';

/** A row of the ledger that no call explains. */
export interface Phantom {
  /** A sentence about the row, without its full stop. */
  what: string;
  /** The call that contradicts the row, if there is one. */
  call?: Operation;
}

export const nameReservation = ({
  reservationId,
  userId,
  quantity,
  skuId,
}: ReservationRow): string =>
  `reservation ${shortId(reservationId)} of ${count(quantity, 'unit')} of ${skuName(skuId)} for buyer ${shortId(userId)}`;

/**
 * The calls of a kind that rows name, by call id. A row names a refused call only if something is wrong, so all calls are
 * searched only where the others do not have all that is named.
 */
export function callsNamed(
  operations: Operation[],
  isWanted: (call: Operation) => boolean,
  rows: { callId: string | null }[],
): Map<string, Operation> {
  const named = new Set(rows.map(({ callId }) => callId));
  named.delete(null);
  const calls = new Map<string, Operation>();
  const search = (some: readonly Operation[]): void => {
    for (const call of some) {
      if (!isWanted(call)) continue;
      const { callId } = call;
      if (callId !== undefined && named.has(callId)) calls.set(callId, call);
    }
  };
  search(eventfulCalls(operations));
  if (calls.size < named.size) search(operations);
  return calls;
}

/** Finds the buyers whose registration, buy or attempt succeeded or may have succeeded, by `ofBuyer`. */
export function registeredBuyers(operations: Operation[]): Set<string> {
  const buyers = new Set<string>();
  // Those that were refused are no eventful calls.
  for (const { kind, sku, buyer } of eventfulCalls(operations)) {
    const sellsAtOnce = kind === 'register' || kind === 'attempt' || kind === 'buy';
    if (sellsAtOnce) buyers.add(ofBuyer(sku, buyer));
  }
  return buyers;
}

/**
 * The checkouts that may have taken units again because their payment came after their hold had lapsed, by `likeOf` of
 * that hold: those without an answer, and those that were told of another hold.
 */
export function checkoutsOfLike(
  operations: Operation[],
  { reservationById }: LedgerIndex,
): Map<string, Operation[]> {
  return groupBy(eventfulCalls(operations), ({ kind, outcome, hold = '', newHold }) => {
    if (kind !== 'confirm' || (outcome !== 'info' && newHold === undefined)) return undefined;
    const row = reservationById.get(hold);
    return row && likeOf(row);
  });
}
