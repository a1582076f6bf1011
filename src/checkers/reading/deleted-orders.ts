import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { LedgerOrder } from '../../protocol/ledger.ts';

/** The certainty that the books have no row of an order any more. */
export type Deletion = 'no' | 'maybe' | 'surely';

/**
 * Creates the test for orders that a described shop has deleted: somebody asked to cancel the order, by its name or by that
 * of its hold, or its buyer asked to cancel one without saying which; and the books have no order that is marked as
 * cancelled.
 *
 * @param call a call that bought something
 */
export function createDeletionTest(
  operations: readonly Operation[],
  orders: readonly Pick<LedgerOrder, 'status'>[],
): (call: Operation) => Deletion {
  if (orders.some(({ status }) => status === 'CANCELLED')) return () => 'no';
  const cancels = operations.filter(({ kind, outcome }) => kind === 'cancel' && outcome !== 'fail');
  const ofOrder = groupBy(cancels, ({ order }) => order);
  const ofHold = groupBy(cancels, ({ hold }) => hold);
  const isNameless = ({ order, hold }: Operation): boolean =>
    order === undefined && hold === undefined;
  const nameless = new Set(cancels.filter(isNameless).map(({ buyer }) => buyer));
  const buyers = new Set(cancels.map(({ buyer }) => buyer));
  return ({ order, hold, newHold = hold, buyer }) => {
    const ofThis = [...(ofOrder.get(order ?? '') ?? []), ...(ofHold.get(newHold ?? '') ?? [])];
    if (ofThis.some(({ outcome }) => outcome === 'ok')) return 'surely';
    // Where answers name no order, one that was cancelled may be this one. Nobody can cancel another buyer's.
    const mayBeThis = nameless.has(buyer) || (order === undefined && buyers.has(buyer));
    return mayBeThis || ofThis.some((cancel) => cancel.buyer === buyer) ? 'maybe' : 'no';
  };
}
