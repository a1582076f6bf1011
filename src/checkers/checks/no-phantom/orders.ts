import type { Operation, OperationKind } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { eventfulCalls } from '../../reading/eventful-calls.ts';
import { isMade, type LedgerIndex, likeOf, ofBuyer } from '../../reading/ledger-index.ts';
import type { OrderRow, ReservationRow } from '../../reading/rows.ts';
import {
  callsNamed,
  checkoutsOfLike,
  nameReservation,
  type Phantom,
  registeredBuyers,
} from './phantom.ts';

/** Calls that end with an order. */
const SELLS: ReadonlySet<OperationKind> = new Set(['confirm', 'register', 'attempt', 'buy']);

/** Finds orders that no call asked for, that were refused, that are for no reservation, or the second for one. */
export function phantomOrders({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const isBuying = ({ kind }: Operation): boolean => SELLS.has(kind);
  const byCallId = callsNamed(operations, isBuying, ledger.orders);
  const unnamed = ledger.orders.some(({ callId }) => callId === null);
  const buying = unnamed ? operations.filter(isBuying) : [];
  const byHold = groupBy(buying, ({ hold }) => hold);
  const byBuyer = groupBy(
    buying.filter(({ kind }) => kind !== 'confirm'),
    ({ sku, buyer }) => ofBuyer(sku, buyer),
  );
  const byOrder = groupBy(buying, ({ order }) => order);

  const late = checkoutsOfLike(operations, ledger);
  /** The call that may have made an order whose row names none. */
  const likelyCall = (order: OrderRow): Operation | undefined => {
    const likely = [
      ...(byHold.get(order.reservationId) ?? []),
      ...(byOrder.get(order.orderId) ?? []),
      ...(byBuyer.get(ofBuyer(order.skuId, order.userId)) ?? []),
      ...(late.get(likeOf(order)) ?? []),
    ];
    return likely.find(({ outcome }) => outcome !== 'fail') ?? likely[0];
  };

  const phantoms: Phantom[] = [];
  for (const [reservationId, orders] of ledger.ordersByReservation) {
    let made = 0;
    const add = (order: OrderRow, why: string, call?: Operation): void => {
      phantoms.push({ what: `${nameOrder(order)} ${why}`, call });
    };
    for (const order of orders) {
      if (ledger.keeps('reservation') && !ledger.reservationById.has(reservationId)) {
        add(order, 'is for a reservation that does not exist');
        continue;
      }
      // An order that failed sold nothing: a refused payment leaves such a row.
      if (!isMade(order)) {
        const isAskedFor = order.callId === null || byCallId.has(order.callId);
        if (!isAskedFor) add(order, 'was asked for by nobody');
        continue;
      }
      made++;
      const call = order.callId === null ? likelyCall(order) : byCallId.get(order.callId);
      if (call === undefined) add(order, 'was asked for by nobody');
      else if (call.outcome === 'fail') add(order, 'exists although it was refused', call);
      else if (made > 1) add(order, 'is the second for its reservation', call);
    }
  }
  return phantoms;
}

/** Finds reservations that are sold although no checkout may have sold them. */
export function phantomSales({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const checkedOut = new Set<string>();
  const calls = eventfulCalls(operations);
  for (const { kind, outcome, hold } of calls) {
    if (kind === 'confirm' && outcome !== 'fail' && hold !== undefined) checkedOut.add(hold);
  }
  const buyers = registeredBuyers(operations);
  const named = callsNamed(
    operations,
    ({ kind, outcome }) => SELLS.has(kind) && outcome !== 'fail',
    ledger.reservations.filter(
      ({ reservationId, status }) => status === 'CONFIRMED' && !checkedOut.has(reservationId),
    ),
  );
  // Registrations and attempts need no checkout; a late payment may have bought other units than those it names.
  const late = checkoutsOfLike(operations, ledger);
  const isBought = (row: ReservationRow): boolean =>
    checkedOut.has(row.reservationId) ||
    buyers.has(ofBuyer(row.skuId, row.userId)) ||
    (row.callId === null ? late.has(likeOf(row)) : named.has(row.callId));
  return ledger.reservations
    .filter((row) => row.status === 'CONFIRMED' && !isBought(row))
    .map((row) => ({ what: `${nameReservation(row)} is sold, and no checkout may have done it` }));
}

const nameOrder = ({ orderId, reservationId, userId }: OrderRow): string =>
  `order ${shortId(orderId)} of buyer ${shortId(userId)} for reservation ${shortId(reservationId)}`;
