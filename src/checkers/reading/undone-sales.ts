import type { Operation } from '../../history/operation.ts';
import { copyOfRow } from '../../history/row-in-columns.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { LedgerOrder, LedgerReservation } from '../../protocol/ledger.ts';
import { createDeletionTest } from './deleted-orders.ts';

/**
 * The reservations of a described shop, as its orders and their cancellations have it: such a shop may leave the row of a hold
 * as sold when the order for it is cancelled. One whose orders were all cancelled was given back, and so was one whose order was
 * deleted at its cancellation; of one whose order may have been, nobody knows the state.
 *
 * @param calls the wishes of the run
 * @param orders with the names of the reservations that they are for; undefined if the shop gives none
 */
export function withUndoneSales(
  reservations: LedgerReservation[],
  calls: readonly Operation[],
  orders: readonly LedgerOrder[] | undefined,
): LedgerReservation[] {
  if (!reservations.some(isSold)) return reservations;
  const ordersOf = groupBy(orders ?? [], ({ reservationId }) => reservationId ?? undefined);
  const deletionOf = createDeletionTest(calls, orders ?? []);
  const sellersOf = groupBy(calls, ({ kind, outcome, hold, newHold = hold }) =>
    SELLS.has(kind) && outcome !== 'fail' ? newHold : undefined,
  );
  /** The state that a row of a sold hold stands for. */
  const stateOf = (id: string): LedgerReservation['status'] => {
    const ofHold = ordersOf.get(id) ?? [];
    if (ofHold.length > 0) {
      return ofHold.every(({ status }) => status === 'CANCELLED') ? 'CANCELLED' : 'CONFIRMED';
    }
    const deletions = (sellersOf.get(id) ?? []).map(deletionOf);
    if (deletions.includes('surely')) return 'CANCELLED';
    return deletions.includes('maybe') ? null : 'CONFIRMED';
  };
  return reservations.map((row) => {
    const status = isSold(row) ? stateOf(row.reservationId ?? '') : row.status;
    return status === row.status ? row : { ...copyOfRow(row), status };
  });
}

const SELLS: ReadonlySet<Operation['kind']> = new Set(['buy', 'confirm', 'register']);

const isSold = ({ status }: LedgerReservation): boolean => status === 'CONFIRMED';
