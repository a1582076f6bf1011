import { groupBy } from '../../../kernel/group-by.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerAttempt } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { isStanding, type LedgerIndex, likeOf, ofBuyer } from '../../reading/ledger-index.ts';
import type { OrderRow } from '../../reading/rows.ts';
import { checkoutsOfLike, type Phantom } from './phantom.ts';

/** Finds attempts that no call made or that were refused, successes without an order, and failures with one. */
export function phantomAttempts({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  if (ledger.attempts.length === 0) return [];
  const asked = operations.filter(({ kind }) => kind === 'attempt');
  const byCallId = new Map(asked.map((call) => [call.callId, call]));
  const byBuyer = groupBy(asked, ({ sku, buyer }) => ofBuyer(sku, buyer));
  // The same buyer may have bought in another way, too.
  const checkouts = operations.filter(({ kind }) => kind === 'confirm');
  const checkedOut = new Set(checkouts.map(({ hold }) => hold));
  const late = checkoutsOfLike(operations, ledger);
  const isOfAttempt = (order: OrderRow): boolean =>
    order.callId === null
      ? !checkedOut.has(order.reservationId) && !late.has(likeOf(order))
      : byCallId.has(order.callId);
  const owners = new Set(
    ledger.orders
      .filter((order) => isStanding(order) && isOfAttempt(order))
      .map(({ skuId, userId }) => ofBuyer(skuId, userId)),
  );
  /** The order of a buyer may be that of another attempt of theirs. */
  const hasOtherSuccess = ({ skuId, userId }: LedgerAttempt): boolean =>
    (ledger.attemptsByBuyer.get(ofBuyer(skuId, userId)) ?? []).some(
      (each) => each.status === 'SUCCESS',
    );
  return ledger.attempts.flatMap((row): Phantom[] => {
    const { skuId, userId, status, orderId, callId } = row;
    const name = `the attempt of buyer ${shortId(userId)} for ${skuName(skuId)}`;
    const ofBuyers = byBuyer.get(ofBuyer(skuId, userId)) ?? [];
    const call =
      callId === null
        ? (ofBuyers.find(({ outcome }) => outcome !== 'fail') ?? ofBuyers[0])
        : byCallId.get(callId);
    if (call === undefined) return [{ what: `${name} was made by nobody` }];
    if (call.outcome === 'fail') return [{ what: `${name} exists although it was refused`, call }];
    if (status === 'SUCCESS' && ledger.keeps('order')) {
      const order = orderId === null ? undefined : ledger.orderById.get(orderId);
      if (order === undefined) return [{ what: `${name} succeeded, and there is no order`, call }];
      if (order.skuId !== skuId) {
        return [{ what: `${name} succeeded, and its order is of ${skuName(order.skuId)}`, call }];
      }
    }
    if (status === 'FAILED' && owners.has(ofBuyer(skuId, userId)) && !hasOtherSuccess(row)) {
      return [{ what: `${name} failed, and there is an order`, call }];
    }
    return [];
  });
}
