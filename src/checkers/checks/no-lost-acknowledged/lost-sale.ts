import type { Operation } from '../../../history/operation.ts';
import { lazy } from '../../../kernel/memo.ts';
import { shortId } from '../../../kernel/wording.ts';
import { isStanding, type LedgerIndex } from '../../reading/ledger-index.ts';
import type { OrderRow } from '../../reading/rows.ts';
import type { Books } from './books.ts';

// Each of these describes how a sale that was answered yes is lost, as the rest of a sentence; undefined when it is not.
// Rows that are booked on another buyer are a matter of the check ownership.

/** Compares a checkout with the reservation and the order that its buyer was told of. */
export function lostCheckout(confirm: Operation, books: Books): string | undefined {
  const { hold = '', order } = confirm;
  const { ledger } = books;
  if (
    ledger.keeps('reservation') &&
    confirm.hold !== undefined &&
    !ledger.reservationById.has(hold)
  )
    return `the ledger has no reservation ${shortId(hold)}`;
  const newHold = ownNewHold(confirm, ledger);
  // The row of a described shop may have no id, and then is only known by the call that reserved.
  if (
    ledger.attribution === undefined &&
    newHold !== undefined &&
    !ledger.reservationById.has(newHold)
  ) {
    return `the ledger has no reservation ${shortId(newHold)}, of which they were told`;
  }
  if (!ledger.keeps('order')) return lostUnits(confirm, books);

  // Nearly every order is the one that its buyer was told of, and no other is looked for then.
  const orders = lazy(() => ordersOfCheckout(confirm, books));
  const isMissing = order !== undefined && !ledger.orderById.has(order);
  const isDeletable = books.mayBeDeleted(confirm);
  if (isDeletable && (isMissing || orders().length === 0)) return undefined;
  if (isMissing) {
    const [other] = orders();
    const instead =
      other === undefined
        ? ''
        : `: reservation ${shortId(hold)} has order ${shortId(other.orderId)}`;
    return `the ledger has no order ${shortId(order)}, of which they were told${instead}`;
  }
  const named = ownOrder(confirm, ledger);
  if (
    named !== undefined &&
    confirm.hold !== undefined &&
    !restsOnCheckout(named, confirm, newHold, books)
  ) {
    return `in the ledger order ${shortId(order)}, of which they were told, is for reservation ${shortId(named.reservationId)}`;
  }
  return lostOrder(confirm, named ? [named] : orders().toSorted(standingFirst), books);
}

/** The hold that a checkout was answered with, if it is another than the one it named, and nobody else's. */
function ownNewHold({ newHold, buyer }: Operation, ledger: LedgerIndex): string | undefined {
  const row = newHold === undefined ? undefined : ledger.reservationById.get(newHold);
  const isOfOther = row !== undefined && buyer !== undefined && row.userId !== buyer;
  return isOfOther ? undefined : newHold;
}

/** The order that a buyer was told of, if it is their own. */
function ownOrder({ order, buyer }: Operation, ledger: LedgerIndex): OrderRow | undefined {
  const row = order === undefined ? undefined : ledger.orderById.get(order);
  return buyer === undefined || row?.userId === buyer ? row : undefined;
}

/** True when an order is for the hold that was checked out, or for one that a late payment may have made instead. */
function restsOnCheckout(
  { reservationId }: OrderRow,
  confirm: Operation,
  newHold: string | undefined,
  { ledger, callIdsOf, wasTold }: Books,
): boolean {
  if (mayBeOfAnother(reservationId, ledger)) return true;
  if (newHold !== undefined) return reservationId === newHold;
  if (reservationId === confirm.hold) return true;
  if (wasTold(reservationId)) return false;
  const callId = ledger.reservationById.get(reservationId)?.callId ?? null;
  return callId === null || callIdsOf(confirm).includes(callId);
}

/** True for a reservation that no name gives to a call: it may be of another one than the call whose name it has, or of any. */
const mayBeOfAnother = (reservationId: string, { attribution }: LedgerIndex): boolean =>
  attribution?.likely.has(reservationId) === true || attribution?.vague.has(reservationId) === true;

const ordersOfCheckout = (confirm: Operation, { ledger, callIdsOf }: Books): OrderRow[] => [
  ...(ledger.ordersByReservation.get(confirm.hold ?? '') ?? []),
  ...callIdsOf(confirm).flatMap((callId) => ledger.ordersByCallId.get(callId) ?? []),
];

/** Looks for the sale among the reservations of a target that keeps no orders. */
function lostUnits(
  confirm: Operation,
  { ledger, askedToCancel, callIdsOf, isReserved, mayHaveSoldAnother }: Books,
): string | undefined {
  const { hold = '', newHold = hold } = confirm;
  const row = ledger.reservationById.get(newHold);
  if (row?.status === 'CONFIRMED' || askedToCancel(newHold, confirm.buyer)) return undefined;
  // Without orders, a cancelled one leaves no more than this.
  if (row?.status === 'CANCELLED' || row?.status === null) return undefined;
  const isVague = row === undefined || ledger.attribution?.vague.has(row.reservationId);
  if (isVague) return undefined;
  const isMadeLate = isReserved(callIdsOf(confirm)) || (row && mayHaveSoldAnother(row));
  return isMadeLate ? undefined : `in the ledger the reservation is ${row?.status ?? 'missing'}`;
}

/** Compares a registration with the order and the reservation that its buyer was told of. */
export function lostRegistration(register: Operation, books: Books): string | undefined {
  const { ledger, callIdsOf } = books;
  const { order, hold, buyer, sku } = register;
  if (!ledger.keeps('order')) return undefined;
  const isThere = order !== undefined && ledger.orderById.has(order);
  if (!isThere && books.mayBeDeleted(register)) return undefined;
  // Where rows do not name their buyers, nobody knows which is whose: only too few of them are a loss.
  const isAnybodys = ledger.attribution?.knowsBuyers === false;
  if (isAnybodys && !isThere && books.hasOrdersForAll(sku)) return undefined;
  if (order !== undefined && !ledger.orderById.has(order)) {
    return `the ledger has no order for it: ${shortId(order)} is missing`;
  }
  const named = ownOrder(register, ledger);
  // Where books have other names for holds than answers, the order was given the name of the answer.
  const isOfOther = named && hold !== undefined && named.reservationId !== hold;
  if (isOfOther && !mayBeOfAnother(named.reservationId, ledger)) {
    return `in the ledger its order is for reservation ${shortId(named.reservationId)}`;
  }
  if (named !== undefined) return lostOrder(register, [named], books);
  const made = callIdsOf(register).flatMap((callId) => ledger.ordersByCallId.get(callId) ?? []);
  if (made.length > 0) return lostOrder(register, made, books);
  const theirs = buyer === undefined ? [] : books.ordersOfBuyer(buyer);
  const unnamed = theirs.filter(({ callId, skuId }) => callId === null && skuId === sku);
  return lostOrder(register, unnamed, books);
}

/** Looks for the order of somebody who was told that their attempt had succeeded, where the target keeps no attempts. */
export function lostSuccess(read: Operation, books: Books): string | undefined {
  const { sku, buyer = '' } = read;
  const { ledger, attemptOf, callIdsOf } = books;
  const attempt = attemptOf(read);
  if (attempt !== undefined && ledger.attribution !== undefined) {
    const made = callIdsOf(attempt).flatMap((callId) => ledger.ordersByCallId.get(callId) ?? []);
    if (books.mayBeDeleted(attempt)) return undefined;
    return lostOrder(read, made.toSorted(standingFirst), books);
  }
  const theirs = books
    .ordersOfBuyer(buyer)
    .filter(({ skuId }) => sku === undefined || skuId === sku);
  return lostOrder(read, theirs.toSorted(standingFirst), books);
}

/** Compares a registration with the voucher whose code its buyer was told. */
export function lostVoucher(
  { order, voucher, buyer }: Operation,
  { ledger }: Books,
): string | undefined {
  if (!ledger.keeps('voucher')) return undefined;
  // The vouchers of a described shop may have other names for orders than its orders have, or its answers.
  const namesOrders =
    ledger.attribution === undefined ||
    ledger.vouchers.some(({ orderId }) => ledger.orderById.has(orderId));
  if (voucher === undefined && !namesOrders) return undefined;
  if (voucher === undefined) {
    return order === undefined || ledger.vouchersByOrder.has(order)
      ? undefined
      : 'the ledger has no voucher for it';
  }
  const row = ledger.voucherByCode.get(voucher);
  if (row === undefined) {
    const [other] = ledger.vouchersByOrder.get(order ?? '') ?? [];
    return other === undefined
      ? 'the ledger has no voucher for it'
      : `in the ledger its voucher has the code ${shortId(other.code)}`;
  }
  const isTheirs = buyer === undefined || row.userId === buyer;
  return isTheirs && namesOrders && order !== undefined && row.orderId !== order
    ? `in the ledger its voucher is of order ${shortId(row.orderId)}`
    : undefined;
}

/** Sorts the orders that stand before those that failed. */
const standingFirst = (a: OrderRow, b: OrderRow): number =>
  Number(isStanding(b)) - Number(isStanding(a));

/** Compares a call with the order that it made, the first of some that may be it. */
function lostOrder(
  { buyer }: Operation,
  [order]: OrderRow[],
  { ledger, askedToCancel }: Books,
): string | undefined {
  if (order === undefined) return 'the ledger has no order for it';
  const row = ledger.reservationById.get(order.reservationId);
  const isAlone =
    !ledger.keeps('reservation') ||
    ledger.attribution?.madeOfOrders.has(order.reservationId) === true;
  // A row that is only like the buyer's order may be another one of theirs.
  const isVague = ledger.attribution?.vague.has(row?.reservationId ?? order.orderId);
  if (isVague || ledger.attribution?.vague.has(order.orderId) || row?.status === null) {
    return undefined;
  }
  // Where reservations have no ids, nobody knows which one an order is for. The check of the reserve call misses it.
  if (ledger.attribution !== undefined && row === undefined && isStanding(order)) return undefined;
  if ((isAlone || row?.status === 'CONFIRMED') && isStanding(order)) return undefined;
  // A reservation both bought and cancelled is a matter of the check legal-transitions.
  if (askedToCancel(order.reservationId, buyer)) return undefined;
  if (isAlone) return `in the ledger the order is ${order.status}`;
  return `in the ledger the reservation is ${row?.status ?? 'missing'} and the order ${order.status}`;
}
