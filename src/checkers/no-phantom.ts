import type { Operation } from '../history/operation.ts';
import type { LedgerOrder, LedgerReservation } from '../protocol/ledger.ts';
import type { Checker, Evidence } from './evidence.ts';
import { groupBy } from './group-by.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import {
  count,
  list,
  shortId,
  tellCall,
  WITNESS_OPERATIONS_MAX,
  witnessOperations,
} from './prose.ts';

/**
 * Something in the final ledger that nobody brought about: a reservation or an order that no call asked for, that the
 * buyer was definitely refused, or that is the second effect of one call; a reservation sold without a checkout.
 *
 * Rows are matched to calls by the attempt ids that the server stored; where it stores none, by the ids it answered
 * with, and the rest by buyer, SKU and quantity.
 */
export const noPhantom: Checker = {
  name: 'no-phantom',
  check(evidence) {
    const { index: ledger } = indexLedger(evidence);
    if (ledger === undefined) {
      return {
        status: 'skipped',
        summary: 'no final ledger was read; a target gives one by its admin API',
      };
    }
    if (evidence.operations.length === 0) {
      return { status: 'skipped', summary: 'no operation was recorded to compare the ledger with' };
    }
    const phantoms = [
      ...phantomReservations(evidence, ledger),
      ...phantomOrders(evidence, ledger),
      ...phantomSales(evidence, ledger),
    ];
    const rows = ledger.reservations.length + ledger.orders.length;
    if (phantoms.length === 0) {
      return { status: 'valid', summary: `each of ${count(rows, 'ledger row')} comes from a call` };
    }
    const shown = phantoms.slice(0, WITNESS_OPERATIONS_MAX);
    return {
      status: 'invalid',
      summary: `${phantoms.length} of ${count(rows, 'ledger row')} come from no call that succeeded or may have`,
      witness: {
        prose: list(
          `The final ledger holds ${count(phantoms.length, 'thing')} that nobody brought about:`,
          shown.map(({ what, call }) =>
            call ? `${what}. ${tellCall(call, evidence.sale)}` : what,
          ),
        ),
        operations: witnessOperations(shown.flatMap(({ call }) => call ?? [])),
      },
    };
  },
};

interface Phantom {
  what: string;
  /** The call it contradicts, if there is one. */
  call?: Operation;
}

function phantomReservations({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const told = new Set<string>();
  for (const { kind, outcome, hold } of operations) {
    if (kind === 'reserve' && outcome === 'ok' && hold !== undefined) told.add(hold);
  }
  const unexplained = ledger.reservations.filter((row) => !told.has(row.reservationId));
  if (unexplained.length === 0) return [];

  const wanted = new Set(unexplained.map(({ attemptId }) => attemptId));
  const byAttempt = new Map<string, Operation>();
  for (const call of operations) {
    const { kind, attempt } = call;
    if (kind === 'reserve' && attempt !== undefined && wanted.has(attempt)) {
      byAttempt.set(attempt, call);
    }
  }
  // Attempts of rows that the answers already explain: a further row of one of them is a second effect.
  const spent = new Set<string>();
  for (const { reservationId, attemptId } of ledger.reservations) {
    if (told.has(reservationId) && attemptId !== null) spent.add(attemptId);
  }
  const openCalls = groupBy(
    operations.filter(
      ({ kind, outcome, hold }) =>
        kind === 'reserve' && (outcome === 'info' || (outcome === 'ok' && hold === undefined)),
    ),
    ({ buyer, sku, quantity }) => `${sku} ${quantity} ${buyer}`,
  );

  const phantoms: Phantom[] = [];
  for (const row of unexplained) {
    const name = tellReservation(row);
    if (row.attemptId === null) {
      const likely = openCalls.get(`${row.skuId} ${row.quantity} ${row.userId}`)?.shift();
      if (likely === undefined) phantoms.push({ what: `${name} was asked for by nobody` });
      continue;
    }
    const call = byAttempt.get(row.attemptId);
    if (call === undefined) phantoms.push({ what: `${name} was asked for by nobody` });
    else if (call.outcome === 'fail')
      phantoms.push({ what: `${name} exists although it was refused`, call });
    else if (spent.has(row.attemptId)) {
      phantoms.push({ what: `${name} is the second from one call`, call });
    }
    spent.add(row.attemptId);
  }
  return phantoms;
}

function phantomOrders({ operations }: Evidence, ledger: LedgerIndex): Phantom[] {
  const confirms = operations.filter(({ kind }) => kind === 'confirm');
  const byAttempt = new Map(confirms.map((call) => [call.attempt, call]));
  const byHold = groupBy(confirms, ({ hold }) => hold);

  const phantoms: Phantom[] = [];
  for (const orders of ledger.ordersByReservation.values()) {
    for (const [place, order] of orders.entries()) {
      const name = tellOrder(order);
      if (!ledger.reservationById.has(order.reservationId)) {
        phantoms.push({ what: `${name} is for a reservation that does not exist` });
        continue;
      }
      const ofHold = byHold.get(order.reservationId) ?? [];
      const call =
        order.attemptId === null
          ? (ofHold.find(({ outcome }) => outcome !== 'fail') ?? ofHold[0])
          : byAttempt.get(order.attemptId);
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
  return ledger.reservations
    .filter(({ status, reservationId }) => status === 'CONFIRMED' && !checkedOut.has(reservationId))
    .map((row) => ({ what: `${tellReservation(row)} is sold, and no checkout may have done it` }));
}

const tellReservation = ({ reservationId, userId, quantity, skuId }: LedgerReservation): string =>
  `reservation ${shortId(reservationId)} of ${count(quantity, 'unit')} of ${skuId} for buyer ${shortId(userId)}`;

const tellOrder = ({ orderId, reservationId, userId }: LedgerOrder): string =>
  `order ${shortId(orderId)} of buyer ${shortId(userId)} for reservation ${shortId(reservationId)}`;
