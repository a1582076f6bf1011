import { type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { createDecisionReader } from './decision-reader.ts';
import { holdsInAnswers } from './late-checkouts.ts';
import type { MatchedCall } from './matching/row-and-call.ts';
import { createReservedTest } from './registrations.ts';
import { findWishes } from './wishes.ts';

/**
 * Finds the calls that made a reservation, or may have: those that ask for units, and checkouts whose payment came so late
 * that it took the units again. A sale in one call need not leave a reservation, so the others come first.
 */
export function findReservationTakers(
  evidence: Evidence,
  told: ReadonlyMap<string, Operation>,
): MatchedCall[] {
  const { calls, callIdsOf } = findWishes(evidence);
  const isLate = createLateTest(evidence);
  const decisions = createDecisionReader(evidence);
  const ownWish = createWishOfBuyer(evidence);
  const hasReserved = createReservedTest(calls);
  const takers = calls.flatMap((operation): MatchedCall[] => {
    const { kind, outcome, hold, newHold } = operation;
    const shared = {
      operation,
      callIds: callIdsOf(operation),
      hold: undefined,
      deletion: evidence.sharedNames?.has(newHold ?? hold ?? '')
        ? ('maybe' as const)
        : ('no' as const),
      decided: decisions(operation).decided,
    };
    if (kind === 'confirm') {
      const bought = hold === undefined ? ownWish(operation) : told.get(hold);
      if (bought === undefined || !isLate(operation)) return [];
      const { buyer, sku, quantity } = bought;
      // A call without an answer may name what is another buyer's, and then came to nothing.
      const isStrangers = operation.buyer !== undefined && operation.buyer !== buyer;
      if (outcome !== 'ok' && isStrangers) return [];
      return [{ ...shared, id: newHold, buyer, sku, quantity }];
    }
    if (!takesStock(kind) || outcome === 'fail') return [];
    // A sale of what its buyer had reserved takes nothing.
    if (hasReserved(operation, hold)) return [];
    const { buyer, sku, quantity } = operation;
    return [{ ...shared, id: hold, buyer, sku, quantity }];
  });
  return takers.sort((a, b) => Number(isSaleAtOnce(a)) - Number(isSaleAtOnce(b)));
}

/**
 * Creates the search for what a checkout that names no hold was about: what its buyer asked for, if that was one thing alone.
 */
function createWishOfBuyer({
  operations,
}: Evidence): (checkout: Operation) => Operation | undefined {
  const reserves = lazy(() =>
    groupBy(
      operations.filter(({ kind, outcome }) => kind === 'reserve' && outcome !== 'fail'),
      ({ buyer }) => buyer,
    ),
  );
  return ({ buyer }) => {
    const [first, ...others] = (buyer === undefined ? undefined : reserves().get(buyer)) ?? [];
    const isAlone = others.every(
      ({ sku, quantity }) => sku === first?.sku && quantity === first?.quantity,
    );
    return isAlone ? first : undefined;
  };
}

const isSaleAtOnce = ({ operation: { kind } }: MatchedCall): boolean =>
  kind !== 'reserve' && kind !== 'confirm';

/**
 * Creates the test for checkouts that took units again, by their answer, or may have, without one: unless the hold that they
 * name is sold, which it would not be then.
 */
function createLateTest({ operations, ledger }: Evidence): (checkout: Operation) => boolean {
  const toldToTakers = holdsInAnswers(operations);
  const sold = new Set<string | null>();
  for (const { reservationId, status } of ledger?.reservations ?? []) {
    if (status === 'CONFIRMED') sold.add(reservationId);
  }
  return ({ outcome, hold = '', newHold }) => {
    if (outcome === 'info') return !sold.has(hold);
    return outcome === 'ok' && newHold !== undefined && !toldToTakers.has(newHold);
  };
}
