import { type Operation, type OperationKind, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { LedgerOrder, LedgerReservation, LedgerVoucher } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import { tellCall, WITNESS_OPERATIONS_MAX, witnessOperations } from '../prose.ts';
import { isMade, isStanding, type LedgerIndex, ofBuyer } from '../reading/ledger-index.ts';

/**
 * Something in the final ledger that nobody brought about: a reservation or an order that no call asked for, that the
 * buyer was definitely refused, or that is the second effect of one call; a reservation sold without a checkout; an
 * attempt decided for a buyer who got no order, or against one who did; a voucher for no order, or used by no call.
 *
 * Rows are matched to calls by the call ids that the server stored; where it stores none, by the ids it answered
 * with, and the rest by buyer, SKU and quantity.
 */
export const noPhantom = checkLedger('no-phantom', (ledger, evidence) => {
  if (evidence.operations.length === 0) {
    return { status: 'skipped', summary: 'no operation was recorded to compare the ledger with' };
  }
  const phantoms = [
    ...phantomReservations(evidence, ledger),
    ...phantomOrders(evidence, ledger),
    ...phantomSales(evidence, ledger),
    ...phantomDecisions(evidence, ledger),
    ...phantomVouchers(evidence, ledger),
  ];
  const { reservations, orders, attempts, vouchers } = ledger;
  const rows = reservations.length + orders.length + attempts.length + vouchers.length;
  if (phantoms.length === 0) {
    return { status: 'valid', summary: `each of ${count(rows, 'ledger row')} comes from a call` };
  }
  const shown = phantoms.slice(0, WITNESS_OPERATIONS_MAX);
  return {
    status: 'invalid',
    summary: `${phantoms.length} of ${count(rows, 'ledger row')} come from no call that succeeded or may have`,
    witness: {
      prose: bulletList(
        `The final ledger holds ${count(phantoms.length, 'thing')} that nobody brought about:`,
        shown.map(({ what, call }) => (call ? `${what}. ${tellCall(call, evidence.sale)}` : what)),
      ),
      operations: witnessOperations(shown.flatMap(({ call }) => call ?? [])),
    },
  };
});

interface Phantom {
  what: string;
  /** The call it contradicts, if there is one. */
  call?: Operation;
}

function phantomReservations({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const told = new Set<string>();
  for (const { kind, outcome, hold } of operations) {
    if (takesStock(kind) && outcome === 'ok' && hold !== undefined) told.add(hold);
  }
  const unexplained = ledger.reservations.filter((row) => !told.has(row.reservationId));
  if (unexplained.length === 0) return [];

  const wanted = new Set(unexplained.map(({ callId }) => callId));
  const byCallId = new Map<string, Operation>();
  for (const call of operations) {
    const { kind, callId } = call;
    // A checkout whose payment came after the hold had lapsed takes units anew.
    const mayHold = takesStock(kind) || kind === 'confirm';
    if (mayHold && callId !== undefined && wanted.has(callId)) byCallId.set(callId, call);
  }
  // Attempts of rows that the answers already explain: a further row of one of them is a second effect.
  const spent = new Set<string>();
  for (const { reservationId, callId } of ledger.reservations) {
    if (told.has(reservationId) && callId !== null) spent.add(callId);
  }
  const openCalls = groupBy(
    operations.filter(
      ({ kind, outcome, hold }) =>
        takesStock(kind) && (outcome === 'info' || (outcome === 'ok' && hold === undefined)),
    ),
    ({ buyer, sku, quantity }) => `${sku} ${quantity} ${buyer}`,
  );

  const registered = registeredBuyers(operations);
  const phantoms: Phantom[] = [];
  for (const row of unexplained) {
    const name = tellReservation(row);
    if (row.callId === null) {
      const likely = openCalls.get(`${row.skuId} ${row.quantity} ${row.userId}`)?.shift();
      if (likely === undefined) phantoms.push({ what: `${name} was asked for by nobody` });
      continue;
    }
    const call = byCallId.get(row.callId);
    if (call === undefined) phantoms.push({ what: `${name} was asked for by nobody` });
    else if (call.outcome === 'fail') {
      // Of two registrations of one buyer, the second may have bought what the first held, and the first hears of it.
      const isTheirs = registered.has(ofBuyer(row.skuId, row.userId));
      if (call.kind === 'register' && (isTheirs || row.status !== 'CONFIRMED')) continue;
      // Nor did a late payment buy anything with a hold that it gave back.
      if (call.kind === 'confirm' && row.status !== 'CONFIRMED') continue;
      phantoms.push({ what: `${name} exists although it was refused`, call });
    } else if (spent.has(row.callId)) {
      phantoms.push({ what: `${name} is the second from one call`, call });
    }
    spent.add(row.callId);
  }
  return phantoms;
}

function phantomOrders({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const buying = operations.filter(({ kind }) => SELLS.has(kind));
  const byCallId = new Map(buying.map((call) => [call.callId, call]));
  const byHold = groupBy(
    buying.filter(({ kind }) => kind === 'confirm'),
    ({ hold }) => hold,
  );
  const byBuyer = groupBy(
    buying.filter(({ kind }) => kind !== 'confirm'),
    ({ sku, buyer }) => ofBuyer(sku, buyer),
  );

  const phantoms: Phantom[] = [];
  for (const orders of ledger.ordersByReservation.values()) {
    // An order that failed sold nothing: it is the trace of a payment that was refused.
    for (const [place, order] of orders.filter(isMade).entries()) {
      const name = tellOrder(order);
      if (!ledger.reservationById.has(order.reservationId)) {
        phantoms.push({ what: `${name} is for a reservation that does not exist` });
        continue;
      }
      const ofHold =
        byHold.get(order.reservationId) ?? byBuyer.get(ofBuyer(order.skuId, order.userId)) ?? [];
      const call =
        order.callId === null
          ? (ofHold.find(({ outcome }) => outcome !== 'fail') ?? ofHold[0])
          : byCallId.get(order.callId);
      if (call === undefined) phantoms.push({ what: `${name} was asked for by nobody` });
      else if (call.outcome === 'fail')
        phantoms.push({ what: `${name} exists although it was refused`, call });
      else if (place > 0)
        phantoms.push({ what: `${name} is the second for its reservation`, call });
    }
  }
  return phantoms;
}

function phantomSales({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const checkedOut = new Set<string>();
  for (const { kind, outcome, hold } of operations) {
    if (kind === 'confirm' && outcome !== 'fail' && hold !== undefined) checkedOut.add(hold);
  }
  const buyers = registeredBuyers(operations);
  const callIds = new Set<string | null | undefined>();
  for (const { kind, outcome, callId } of operations) {
    if (kind === 'confirm' && outcome !== 'fail') callIds.add(callId ?? null);
  }
  // Registrations and attempts check out by themselves; a late payment may have bought other units than those meant.
  const isBought = ({ reservationId, skuId, userId, callId }: LedgerReservation): boolean =>
    checkedOut.has(reservationId) ||
    buyers.has(ofBuyer(skuId, userId)) ||
    (callId !== null && callIds.has(callId));
  return ledger.reservations
    .filter((row) => row.status === 'CONFIRMED' && !isBought(row))
    .map((row) => ({ what: `${tellReservation(row)} is sold, and no checkout may have done it` }));
}

/** Buyers whose registration or attempt succeeded or may have. */
function registeredBuyers(operations: Operation[]): Set<string> {
  const buyers = new Set<string>();
  for (const { kind, outcome, sku, buyer } of operations) {
    if ((kind === 'register' || kind === 'attempt') && outcome !== 'fail') {
      buyers.add(ofBuyer(sku, buyer));
    }
  }
  return buyers;
}

function phantomDecisions({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  if (ledger.attempts.length === 0) return [];
  const asked = operations.filter(({ kind }) => kind === 'attempt');
  const byCallId = new Map(asked.map((call) => [call.callId, call]));
  const byBuyer = groupBy(asked, ({ sku, buyer }) => ofBuyer(sku, buyer));
  const owners = new Set(
    ledger.orders.filter(isStanding).map(({ skuId, userId }) => ofBuyer(skuId, userId)),
  );
  return ledger.attempts.flatMap((row): Phantom[] => {
    const { skuId, userId, status, orderId, callId } = row;
    const name = `the attempt of buyer ${shortId(userId)} for ${skuId}`;
    const ofThem = byBuyer.get(ofBuyer(skuId, userId)) ?? [];
    const call =
      callId === null
        ? (ofThem.find(({ outcome }) => outcome !== 'fail') ?? ofThem[0])
        : byCallId.get(callId);
    if (call === undefined) return [{ what: `${name} was made by nobody` }];
    if (call.outcome === 'fail') return [{ what: `${name} exists although it was refused`, call }];
    if (status === 'SUCCESS' && (orderId === null || !ledger.orderById.has(orderId))) {
      return [{ what: `${name} succeeded, and there is no order`, call }];
    }
    if (status === 'FAILED' && owners.has(ofBuyer(skuId, userId))) {
      return [{ what: `${name} failed, and there is an order`, call }];
    }
    return [];
  });
}

function phantomVouchers({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const uses = new Map<string, Operation>();
  for (const call of operations) {
    if (call.kind === 'redeem' && call.callId !== undefined) uses.set(call.callId, call);
  }
  return ledger.vouchers.flatMap((voucher): Phantom[] => {
    const name = tellVoucher(voucher);
    const { orderId, usedAt, usedByCallId } = voucher;
    if (!ledger.orderById.has(orderId))
      return [{ what: `${name} is for an order that is not there` }];
    if (usedAt === null || usedByCallId === null) return [];
    const call = uses.get(usedByCallId);
    if (call === undefined) return [{ what: `${name} was used by nobody` }];
    return call.outcome === 'fail'
      ? [{ what: `${name} is used although that was refused`, call }]
      : [];
  });
}

/** Calls that end with an order. */
const SELLS: ReadonlySet<OperationKind> = new Set(['confirm', 'register', 'attempt']);

const tellVoucher = ({ voucherId, userId }: LedgerVoucher): string =>
  `voucher ${shortId(voucherId)} of buyer ${shortId(userId)}`;

const tellReservation = ({ reservationId, userId, quantity, skuId }: LedgerReservation): string =>
  `reservation ${shortId(reservationId)} of ${count(quantity, 'unit')} of ${skuId} for buyer ${shortId(userId)}`;

const tellOrder = ({ orderId, reservationId, userId }: LedgerOrder): string =>
  `order ${shortId(orderId)} of buyer ${shortId(userId)} for reservation ${shortId(reservationId)}`;
