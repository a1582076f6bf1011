import type { Operation } from '../../history/operation.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { LedgerOrder, LedgerVoucher } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import { tellCall, WITNESS_OPERATIONS_MAX, witnessOperations } from '../prose.ts';
import { findHolds } from '../reading/holds.ts';
import { isStanding, type LedgerIndex, ofBuyer } from '../reading/ledger-index.ts';
import { findWishes } from '../reading/wishes.ts';

/**
 * A buyer was told yes, and the final ledger knows nothing of it or something else: a reservation that is missing,
 * belongs to somebody else, has another size, or was cancelled although nobody asked; a purchase without its order; a
 * cancelled reservation or order that is not cancelled; a registration without its voucher, a voucher used without a
 * trace; an attempt that is still undecided, or was decided otherwise than its buyer was told. A reservation that has
 * lapsed or was sold since is not lost.
 */
export const noLostAcknowledged = checkLedger('no-lost-acknowledged', (ledger, evidence) => {
  const skus = new Set(ledger.inventory.map(({ skuId }) => skuId));
  const { byId } = findHolds(evidence);
  const books = openBooks(evidence, ledger);

  let acknowledged = 0;
  const lost: { operation: Operation; how: string }[] = [];
  for (const operation of evidence.operations) {
    const { kind, outcome, hold } = operation;
    if (outcome !== 'ok' || !isTraceable(operation)) continue;
    const sku = operation.sku ?? (hold === undefined ? undefined : byId.get(hold)?.sku);
    if (sku !== undefined && !skus.has(sku)) continue;
    acknowledged++;
    const how = LOST[kind](operation, books);
    if (how !== undefined) lost.push({ operation, how });
  }

  if (acknowledged === 0) {
    return {
      status: 'skipped',
      summary: 'no acknowledged call names anything to look up in the ledger',
    };
  }
  if (lost.length === 0) {
    return {
      status: 'valid',
      summary: `the final ledger has all of ${count(acknowledged, 'acknowledged call')}`,
    };
  }
  const shown = lost.slice(0, WITNESS_OPERATIONS_MAX);
  return {
    status: 'invalid',
    summary: `${lost.length} of ${count(acknowledged, 'acknowledged call')} cannot be found in the final ledger`,
    witness: {
      prose: bulletList(
        `${count(lost.length, 'call was', 'calls were')} answered with a yes that the final ledger does not bear out:`,
        shown.map(({ operation, how }) => `${tellCall(operation, evidence.sale)}, but ${how}`),
      ),
      operations: witnessOperations(shown.map(({ operation }) => operation)),
    },
  };
});

/** What a yes is held against. */
interface Books {
  ledger: LedgerIndex;
  /** Whether a buyer asked for the reservation, or the order that sold it, to be cancelled. */
  askedToCancel(hold: string): boolean;
  callIdsOf(operation: Operation): string[];
  usedBy: Map<string, LedgerVoucher>;
}

/** How an acknowledged call of each kind is lost; undefined when the ledger bears it out. */
const LOST: Record<Operation['kind'], (operation: Operation, books: Books) => string | undefined> =
  {
    reserve({ sku, buyer, quantity, hold = '' }, { ledger, askedToCancel }) {
      const row = ledger.reservationById.get(hold);
      if (row === undefined) return `the ledger has no reservation ${shortId(hold)}`;
      if (sku !== undefined && row.skuId !== sku) return `in the ledger it is of ${row.skuId}`;
      if (buyer !== undefined && row.userId !== buyer) {
        return `in the ledger it belongs to buyer ${shortId(row.userId)}`;
      }
      if (row.quantity !== quantity) return `in the ledger it is of ${count(row.quantity, 'unit')}`;
      if (row.status === 'CANCELLED' && !askedToCancel(hold)) {
        return 'in the ledger it is cancelled, which nobody asked for';
      }
      return undefined;
    },

    confirm({ hold = '', order }, books) {
      const { ledger } = books;
      if (!ledger.reservationById.has(hold)) {
        return `the ledger has no reservation ${shortId(hold)}`;
      }
      // A payment that came late may have bought other units than those it was meant for.
      const named = order === undefined ? undefined : ledger.orderById.get(order);
      const orders = named ? [named] : (ledger.ordersByReservation.get(hold) ?? []);
      return lostSale(orders.toSorted(standingFirst), books);
    },

    release({ hold = '' }, { ledger }) {
      const row = ledger.reservationById.get(hold);
      if (row === undefined) return `the ledger has no reservation ${shortId(hold)}`;
      // A sale of a cancelled reservation is a wrong transition, not a lost answer.
      if (row.status === 'CANCELLED' || row.status === 'CONFIRMED') return undefined;
      return `in the ledger it is ${row.status}`;
    },

    register(operation, books) {
      const { ledger, callIdsOf } = books;
      const named =
        operation.order === undefined ? undefined : ledger.orderById.get(operation.order);
      const orders = named
        ? [named]
        : callIdsOf(operation).flatMap((callId) => ledger.ordersByCallId.get(callId) ?? []);
      const lost = lostSale(orders, books);
      if (lost !== undefined) return lost;
      const [{ orderId, userId }] = orders as [LedgerOrder];
      if (operation.buyer !== undefined && operation.buyer !== userId) {
        return `in the ledger it belongs to buyer ${shortId(userId)}`;
      }
      return ledger.vouchersByOrder.has(orderId) ? undefined : 'the ledger has no voucher for it';
    },

    redeem(operation, { callIdsOf, usedBy, ledger }) {
      if (callIdsOf(operation).some((callId) => usedBy.has(callId))) return undefined;
      const unnamed = ledger.vouchers.some(
        ({ userId, usedAt, usedByCallId }) =>
          userId === operation.buyer && usedAt !== null && usedByCallId === null,
      );
      return unnamed ? undefined : 'the ledger has no voucher that this call used';
    },

    attempt(operation, { ledger, callIdsOf }) {
      const callIds = callIdsOf(operation);
      const rows = ledger.attemptsByBuyer.get(ofBuyer(operation.sku, operation.buyer)) ?? [];
      const row = rows.find(({ callId }) => callId !== null && callIds.includes(callId)) ?? rows[0];
      if (row === undefined) return 'the ledger has no attempt of theirs';
      return row.status === 'PENDING' ? 'nobody has decided it' : undefined;
    },

    cancel({ order = '' }, { ledger }) {
      const row = ledger.orderById.get(order);
      if (row === undefined) return `the ledger has no order ${shortId(order)}`;
      return row.status === 'CANCELLED' ? undefined : `in the ledger it is ${row.status}`;
    },

    read({ sku, buyer, observed }, { ledger }) {
      const told = observed?.decision;
      const rows = ledger.attemptsByBuyer.get(ofBuyer(sku, buyer)) ?? [];
      if (told === 'SUCCESS' && !rows.some(({ status }) => status === 'SUCCESS')) {
        return `they were told of a purchase, and in the ledger their attempt is ${rows[0]?.status ?? 'missing'}`;
      }
      if (told === 'FAILED' && rows.some(({ status }) => status === 'SUCCESS')) {
        return 'they were told that they got nothing, and in the ledger they did';
      }
      return undefined;
    },
  };

/** Of several orders of one hold, those that failed say nothing. */
const standingFirst = (a: LedgerOrder, b: LedgerOrder): number =>
  Number(isStanding(b)) - Number(isStanding(a));

function lostSale(orders: LedgerOrder[], { ledger, askedToCancel }: Books): string | undefined {
  const [order] = orders;
  if (order === undefined) return 'the ledger has no order for it';
  const row = ledger.reservationById.get(order.reservationId);
  if (row?.status === 'CONFIRMED' && isStanding(order)) return undefined;
  // Buying and cancelling one reservation is for the check of the transitions to judge.
  if (askedToCancel(order.reservationId)) return undefined;
  return `in the ledger the reservation is ${row?.status ?? 'missing'} and the order ${order.status}`;
}

/** Whether the ledger can be asked about a call at all: it names what it is about. */
function isTraceable({ kind, hold, observed }: Operation): boolean {
  if (kind === 'read') return observed?.decision === 'SUCCESS' || observed?.decision === 'FAILED';
  if (kind === 'reserve' || kind === 'confirm' || kind === 'release') return hold !== undefined;
  return true;
}

function openBooks(evidence: Evidence, ledger: LedgerIndex): Books {
  const cancelled = new Set<string>();
  for (const { kind, outcome, hold, order } of evidence.operations) {
    if (outcome === 'fail') continue;
    if (kind === 'release' && hold !== undefined) cancelled.add(hold);
    const reservation = order === undefined ? undefined : ledger.orderById.get(order);
    if (kind === 'cancel' && reservation) cancelled.add(reservation.reservationId);
  }
  const usedBy = new Map<string, LedgerVoucher>();
  for (const voucher of ledger.vouchers) {
    if (voucher.usedByCallId !== null) usedBy.set(voucher.usedByCallId, voucher);
  }
  return {
    ledger,
    askedToCancel: (hold) => cancelled.has(hold),
    callIdsOf: findWishes(evidence).callIdsOf,
    usedBy,
  };
}
