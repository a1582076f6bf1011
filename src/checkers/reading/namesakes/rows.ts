import type { FinalLedger } from '../../../history/ledger-snapshot.ts';
import { type Operation, takesStock } from '../../../history/operation.ts';
import { copyOfRow } from '../../../history/row-in-columns.ts';
import type { LedgerEntry, LedgerOrder, LedgerReservation } from '../../../protocol/ledger.ts';
import { isMade } from '../ledger-index.ts';
import { isGiven } from './names.ts';

/** Names that several things had, or may have had, so that a row of that name may be of any of them. */
export interface SharedNames {
  holds: SharedTest;
  orders: SharedTest;
  vouchers: SharedTest;
}
export type SharedTest = (name: string | null) => boolean;

/** The names that more than one row has. */
export function findNamesOfSeveral(names: readonly (string | null)[]): Set<string> {
  const seen = new Set<string>();
  const several = new Set<string>();
  for (const name of names) {
    if (name === null) continue;
    if (seen.has(name)) several.add(name);
    seen.add(name);
  }
  return several;
}

/** A text that is the same for calls and rows of one SKU, quantity and buyer. */
const likenessOf = (
  sku: string | undefined,
  quantity: number | null,
  buyer: string | null | undefined,
): string => `${sku} ${quantity} ${buyer}`;

/** The names of holds that several orders are for, which cannot be for one thing. An order that failed may be followed by another. */
export function findHoldsOfSeveral(orders: readonly LedgerOrder[]): Set<string> {
  const likeness = new Map<string, string>();
  const several = new Set<string>();
  const made = new Set<string>();
  for (const order of orders) {
    const { reservationId: hold, skuId, userId, quantity } = order;
    if (hold === null) continue;
    const like = likenessOf(skuId, quantity, userId);
    if (likeness.has(hold) && likeness.get(hold) !== like) several.add(hold);
    likeness.set(hold, like);
    if (!isMade(order)) continue;
    if (made.has(hold)) several.add(hold);
    made.add(hold);
  }
  return several;
}

/**
 * The names of holds whose only row has another quantity than their buyer was told, and that of a call of this buyer which got
 * no answer: it may have got the name as well when that was free again, and the row be written over.
 */
export function findOverwrittenHolds(
  rows: readonly LedgerReservation[],
  calls: readonly Operation[],
): Set<string> {
  const told = new Map<string, Operation>();
  const unanswered = new Set<string>();
  for (const call of calls) {
    const { hold, outcome, kind, sku, quantity, buyer } = call;
    if (hold !== undefined && isGiven(call, 'hold')) told.set(hold, call);
    if (outcome === 'info' && takesStock(kind)) unanswered.add(likenessOf(sku, quantity, buyer));
  }
  const overwritten = new Set<string>();
  for (const { reservationId: name, skuId, quantity, userId } of rows) {
    const call = told.get(name ?? '');
    if (name === null || call === undefined) continue;
    if (call.buyer !== userId || call.quantity === quantity) continue;
    if (unanswered.has(likenessOf(skuId, quantity, userId))) overwritten.add(name);
  }
  return overwritten;
}

/**
 * The books without the names that several things had. A hold or an order keeps a name that is its row's alone, and no call id:
 * a shop that has one row for each name writes the next thing over the last one, and may keep the call of either.
 *
 * @param made is told of the names that were made for rows
 */
export function withoutSharedNames(
  ledger: FinalLedger,
  { holds, orders, vouchers }: SharedNames,
  made: (name: string) => void,
): FinalLedger {
  const ownName = (name: string, place: number): string => {
    const own = `${name} in row ${place + 1}`;
    made(own);
    return own;
  };
  const ofOrder = <Row extends LedgerEntry & { orderId: string | null }>(row: Row): Row =>
    orders(row.orderId) ? { ...copyOfRow(row), orderId: null } : row;
  return {
    ...ledger,
    reservations: ledger.reservations.map((row, place) =>
      holds(row.reservationId)
        ? {
            ...copyOfRow(row),
            reservationId: ownName(row.reservationId as string, place),
            callId: null,
          }
        : row,
    ),
    orders: ledger.orders.map((row, place) => {
      const { orderId, reservationId } = row;
      const isShared = orders(orderId);
      if (!isShared && !holds(reservationId)) return row;
      return {
        ...copyOfRow(row),
        ...(isShared && { orderId: ownName(orderId as string, place), callId: null }),
        reservationId: holds(reservationId) ? null : reservationId,
      };
    }),
    lines: ledger.lines.map((row) =>
      holds(row.reservationId) ? { ...copyOfRow(ofOrder(row)), reservationId: null } : ofOrder(row),
    ),
    movements: ledger.movements.map((row) =>
      holds(row.reservationId) ? { ...copyOfRow(row), reservationId: null } : row,
    ),
    vouchers: ledger.vouchers.filter(({ code }) => !vouchers(code)).map(ofOrder),
    attempts: ledger.attempts.map(ofOrder),
    payments: ledger.payments.map(ofOrder),
  };
}
