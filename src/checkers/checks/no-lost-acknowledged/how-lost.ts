import type { Operation } from '../../../history/operation.ts';
import { count, shortId } from '../../../kernel/wording.ts';
import type { LedgerOrder, LedgerVoucher } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { isStanding, type LedgerIndex, ofBuyer } from '../../reading/ledger-index.ts';
import { findWishes } from '../../reading/wishes.ts';

/** The material that an acknowledged call is compared with. */
export interface Books {
  ledger: LedgerIndex;
  /** True when a call asked to cancel the reservation, or the order that sold it. */
  askedToCancel(hold: string): boolean;
  callIdsOf(operation: Operation): string[];
  /** By the id of the call that used the voucher. */
  usedBy: Map<string, LedgerVoucher>;
}

/**
 * Describes how an acknowledged call of each kind is lost, as the rest of a sentence; undefined when the ledger bears the
 * call out.
 */
export const howLost: Record<
  Operation['kind'],
  (operation: Operation, books: Books) => string | undefined
> = {
  reserve({ sku, quantity, hold = '' }, { ledger, askedToCancel }) {
    const row = ledger.reservationById.get(hold);
    if (row === undefined) return `the ledger has no reservation ${shortId(hold)}`;
    if (sku !== undefined && row.skuId !== sku) return `in the ledger it is of ${row.skuId}`;
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
    // A late payment may have bought other units than those it names.
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
    const named = operation.order === undefined ? undefined : ledger.orderById.get(operation.order);
    const orders = named
      ? [named]
      : callIdsOf(operation).flatMap((callId) => ledger.ordersByCallId.get(callId) ?? []);
    const lost = lostSale(orders, books);
    if (lost !== undefined) return lost;
    const [{ orderId }] = orders as [LedgerOrder];
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

/** Sorts the orders that stand before those that failed. */
const standingFirst = (a: LedgerOrder, b: LedgerOrder): number =>
  Number(isStanding(b)) - Number(isStanding(a));

function lostSale(orders: LedgerOrder[], { ledger, askedToCancel }: Books): string | undefined {
  const [order] = orders;
  if (order === undefined) return 'the ledger has no order for it';
  const row = ledger.reservationById.get(order.reservationId);
  if (row?.status === 'CONFIRMED' && isStanding(order)) return undefined;
  // A reservation both bought and cancelled is a matter of the check legal-transitions.
  if (askedToCancel(order.reservationId)) return undefined;
  return `in the ledger the reservation is ${row?.status ?? 'missing'} and the order ${order.status}`;
}

/** Collects the material to compare acknowledged calls with. */
export function openBooks(evidence: Evidence, ledger: LedgerIndex): Books {
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
