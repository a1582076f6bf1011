import type { Operation } from '../../../history/operation.ts';
import { count, shortId, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { findDeclined } from '../../reading/decided-attempts.ts';
import { isStanding, type LedgerIndex, ofBuyer } from '../../reading/ledger-index.ts';
import { isStrange, mayBeOfOthers } from '../../reading/other-people.ts';
import { NOBODY, type OrderRow, type ReservationRow } from '../../reading/rows.ts';
import type { Phantom } from './phantom.ts';

/**
 * Finds rows that were given to no call, of a shop whose rows do not name their calls: more than its buyers were told of
 * or may have made. A row that ended may be what is left of a refused call.
 */
export function phantomsOfShop(evidence: Evidence, ledger: LedgerIndex): Phantom[] {
  const { operations, sale } = evidence;
  const rows: (OrderRow | ReservationRow)[] = [
    ...ledger.orders.filter(isStanding),
    ...ledger.reservations.filter(
      ({ reservationId, status }) =>
        (status === 'RESERVED' || status === 'CONFIRMED') &&
        ledger.attribution?.madeOfOrders.has(reservationId) !== true,
    ),
  ];
  const refused = new Map<string, Operation>();
  for (const call of operations) {
    if (call.outcome === 'fail') refused.set(ofBuyer(call.sku, call.buyer), call);
  }
  for (const { refusal } of findDeclined(evidence)) {
    refused.set(ofBuyer(refusal.sku, refusal.buyer), refusal);
  }
  return rows
    .filter((row) => isStrange(row, ledger) && !mayBeOfOthers(row.skuId, sale))
    .map((row) => ({
      what: `${nameRow(row)} was made by no call that succeeded or may have`,
      call: refused.get(ofBuyer(row.skuId, row.userId)),
    }));
}

function nameRow(row: OrderRow | ReservationRow): string {
  const { userId, quantity, skuId } = row;
  const name =
    row.row === 'order'
      ? `order ${shortId(row.orderId)}`
      : `reservation ${shortId(row.reservationId)}`;
  const buyer = userId === NOBODY ? '' : ` for buyer ${shortId(userId)}`;
  return `${name} of ${count(quantity, 'unit')} of ${skuName(skuId)}${buyer}`;
}
