import type { Operation, SaleFacts } from '../../../history/operation.ts';
import { count, shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerAttempt, LedgerTicket } from '../../../protocol/ledger.ts';
import { type LedgerIndex, ofBuyer } from '../../reading/ledger-index.ts';
import type { ReservationRow } from '../../reading/rows.ts';
import type { Books } from './books.ts';
import { lostCheckout, lostRegistration, lostSuccess, lostVoucher } from './lost-sale.ts';

/**
 * Describes how an acknowledged call of each kind is lost, as the rest of a sentence; undefined when the ledger bears the
 * call out.
 */
export const howLost: Record<
  Operation['kind'],
  (operation: Operation, books: Books) => string | undefined
> = {
  reserve(operation, books) {
    const sale = books.saleToldAgain(operation);
    if (sale !== undefined) return howLost[sale.kind](sale, books);
    const { ledger, askedToCancel, callIdsOf } = books;
    const { quantity, buyer, hold = '' } = operation;
    const row = ledger.reservationById.get(hold) ?? rowMadeBy(operation, ledger, callIdsOf);
    if (row === undefined) {
      return hold === ''
        ? 'the ledger has no reservation for it'
        : `the ledger has no reservation ${shortId(hold)}`;
    }
    const tellsUnits = ledger.attribution?.guessedUnits.has('reservation') !== true;
    if (tellsUnits && row.quantity !== quantity)
      return `in the ledger it is of ${count(row.quantity, 'unit')}`;
    const callIds = callIdsOf(operation);
    if (row.callId !== null && callIds.length > 0 && !callIds.includes(row.callId)) {
      return 'in the ledger another call made it';
    }
    const isVague = ledger.attribution?.vague.has(row.reservationId) === true;
    if (row.status === 'CANCELLED' && hold !== '' && !isVague && !askedToCancel(hold, buyer)) {
      return 'in the ledger it is cancelled, which nobody asked for';
    }
    return undefined;
  },

  confirm: lostCheckout,

  release({ hold = '' }, { ledger }) {
    const row = ledger.reservationById.get(hold);
    if (row === undefined) return `the ledger has no reservation ${shortId(hold)}`;
    if (ledger.attribution?.vague.has(hold)) return undefined;
    // A sale of a cancelled reservation is a wrong transition, not a lost answer.
    if (row.status === null || row.status === 'CANCELLED' || row.status === 'CONFIRMED') {
      return undefined;
    }
    return `in the ledger it is ${row.status}`;
  },

  register(operation, books) {
    return lostRegistration(operation, books) ?? lostVoucher(operation, books);
  },

  buy(operation, books) {
    return lostRegistration(operation, books) ?? otherQuantity(operation, books.ledger);
  },

  redeem(operation, { callIdsOf, usedBy, ledger }) {
    const { voucher = '' } = operation;
    const row = ledger.voucherByCode.get(voucher);
    if (row === undefined) return `the ledger has no voucher ${shortId(voucher)}`;
    for (const callId of callIdsOf(operation)) {
      const used = usedBy.get(callId);
      if (used === undefined) continue;
      return used === row
        ? undefined
        : `in the ledger this call used voucher ${shortId(used.code)}`;
    }
    return row.usedAt !== null && row.usedByCallId === null
      ? undefined
      : 'the ledger has no voucher that this call used';
  },

  'check-in'(operation, { ledger, callIdsOf }) {
    const callIds = callIdsOf(operation);
    if (callIds.length === 0) return undefined;
    const rows = callIds.flatMap((callId) => ledger.letInBy.get(callId) ?? []);
    if (rows.length > 0) return otherGatekeeper(operation, rows, ledger);
    // A row without a call may be of any.
    return ledger.tickets.some((row) => row.checkedInAt !== null && row.checkedInByCallId === null)
      ? undefined
      : 'the ledger has no ticket that this call let in';
  },

  attempt(operation, { ledger, callIdsOf }) {
    const callIds = callIdsOf(operation);
    const rows = ledger.attemptsByBuyer.get(ofBuyer(operation.sku, operation.buyer)) ?? [];
    const isOfCall = ({ callId }: LedgerAttempt): boolean =>
      callId !== null && callIds.includes(callId);
    const row = rows.find(isOfCall) ?? rows[0] ?? ledger.attempts.find(isOfCall);
    if (row === undefined) return 'the ledger has no attempt of theirs';
    return row.status === 'PENDING' ? 'nobody has decided it' : undefined;
  },

  cancel(call, { ledger, mayBeDeleted }) {
    const { order = '' } = call;
    const row = ledger.orderById.get(order);
    const { vague, namesOrders, knowsBuyers } = ledger.attribution ?? {};
    if (vague?.has(order) || (row === undefined && mayBeDeleted(call))) return undefined;
    // Where rows do not name orders as the answers do, the order that is missing is a matter of the call that made it. Where
    // they do not name buyers either, nobody knows which of them was cancelled.
    const isNamed = row !== undefined && knowsBuyers !== false;
    if (namesOrders === false && !isNamed) return undefined;
    if (row === undefined) return `the ledger has no order ${shortId(order)}`;
    return row.status === 'CANCELLED' ? undefined : `in the ledger it is ${row.status}`;
  },

  track: () => undefined,

  read(operation, books) {
    const { ledger } = books;
    const { sku, buyer, observed } = operation;
    const told = observed?.decision;
    if (!ledger.keeps('attempt')) return lostSuccess(operation, books);
    const rows = rowsOfAttempt(operation, ledger.attemptsByBuyer.get(ofBuyer(sku, buyer)), books);
    if (told === 'SUCCESS' && !rows.some(({ status }) => status === 'SUCCESS')) {
      return `they were told of a purchase, and in the ledger their attempt is ${rows[0]?.status ?? 'missing'}`;
    }
    // Without a name, the answer may be about another attempt of the buyer.
    if (told === 'FAILED' && rows.length > 0 && rows.every(({ status }) => status === 'SUCCESS')) {
      return 'they were told that they got nothing, and in the ledger they did';
    }
    return undefined;
  },
};

/** The rows of the attempt that an answer is about; those of all the buyer's attempts if no row names its call. */
function rowsOfAttempt(
  read: Operation,
  ofBuyers: LedgerAttempt[] = [],
  { attemptOf, callIdsOf }: Books,
): LedgerAttempt[] {
  const attempt = attemptOf(read);
  const callIds = attempt === undefined ? [] : callIdsOf(attempt);
  const own = ofBuyers.filter(({ callId }) => callId !== null && callIds.includes(callId));
  return own.length > 0 ? own : ofBuyers;
}

/** The reservation that was given to a call which was told of none. */
const rowMadeBy = (
  operation: Operation,
  { reservations }: LedgerIndex,
  callIdsOf: Books['callIdsOf'],
): ReservationRow | undefined => {
  if (operation.hold !== undefined) return undefined;
  const callIds = callIdsOf(operation);
  return reservations.find(({ callId }) => callId !== null && callIds.includes(callId));
};

/** The units of the order that a purchase was told of, if they are not those that were asked for. */
function otherQuantity(
  { order = '', quantity }: Operation,
  { orderById, attribution }: LedgerIndex,
): string | undefined {
  const row = orderById.get(order);
  // A described shop may answer a second purchase with the order of the first.
  const isOther = attribution === undefined && row !== undefined && row.quantity !== quantity;
  return isOther ? `in the ledger its order is of ${count(row.quantity, 'unit')}` : undefined;
}

/** Somebody else who let the ticket in, as the rows of a check-in have it. */
function otherGatekeeper(
  { buyer }: Operation,
  rows: LedgerTicket[],
  { attribution }: LedgerIndex,
): string | undefined {
  const [by] = rows.flatMap(({ checkedInBy }) => checkedInBy ?? []);
  // A described shop may know its gates by other names than their tokens have.
  const isOther = attribution === undefined && by !== undefined && buyer !== undefined;
  return isOther && by !== buyer ? `in the ledger ${shortId(by)} let it in` : undefined;
}

/** The SKU that a buyer was told of, if it is another one than they asked for. A described shop may have several names of one. */
export function otherSkuTold(
  { sku, toldSku }: Operation,
  { shop, skus }: SaleFacts,
): string | undefined {
  if (toldSku === undefined || toldSku === sku) return undefined;
  if (shop !== undefined && !skus.some(({ skuId }) => skuId === toldSku)) return undefined;
  return `its buyer was told of ${skuName(toldSku)}`;
}

/**
 * The order or the reservation that a buyer was told of by our own server, which tells whose units came back, if it is another one
 * than that which came to its end. A described shop may tell of whatever it has made of the request.
 */
export function otherEndTold(
  { kind, hold, newHold, order = '', toldOrder }: Operation,
  { orderById }: LedgerIndex,
  { shop }: SaleFacts,
): string | undefined {
  if (shop !== undefined || (kind !== 'release' && kind !== 'cancel')) return undefined;
  if (toldOrder !== undefined) return `its buyer was told of order ${shortId(toldOrder)}`;
  const sold = orderById.get(order)?.reservationId ?? hold;
  const told = hold === sold ? newHold : hold;
  return told === undefined ? undefined : `its buyer was told of reservation ${shortId(told)}`;
}

/**
 * The SKU of the thing that a call is about, if the ledger has another than the call names. A name that is not on sale may be another
 * name of one that is, in a described shop.
 */
export function otherSku(
  { sku, hold = '', newHold, order = '' }: Operation,
  { reservationById, orderById }: LedgerIndex,
  { shop, skus }: SaleFacts,
): string | undefined {
  const row = reservationById.get(newHold ?? hold) ?? orderById.get(order);
  if (sku === undefined || row === undefined || row.skuId === sku) return undefined;
  if (shop !== undefined && !skus.some(({ skuId }) => skuId === sku)) return undefined;
  return `in the ledger it is of ${skuName(row.skuId)}`;
}
