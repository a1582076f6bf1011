import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { lazy } from '../../../kernel/memo.ts';
import type { Evidence } from '../../evidence.ts';
import { findDecisions } from '../../reading/decisions.ts';
import { createDeletionTest } from '../../reading/deleted-orders.ts';
import { eventfulCalls } from '../../reading/eventful-calls.ts';
import { holdsInAnswers } from '../../reading/late-checkouts.ts';
import { type LedgerIndex, likeOf } from '../../reading/ledger-index.ts';
import type { OrderRow, ReservationRow, VoucherRow } from '../../reading/rows.ts';
import { createSaleSearch } from '../../reading/told-again.ts';
import { findWishes } from '../../reading/wishes.ts';

/** The material that an acknowledged call is compared with. */
export interface Books {
  ledger: LedgerIndex;
  /**
   * True when a call asked to cancel the reservation, or the order that sold it.
   *
   * @param buyer the buyer who was told of it, who counts as its owner where its row names none
   */
  askedToCancel(hold: string, buyer: string | undefined): boolean;
  /** The sale of which a call was told that asked for less, in a described shop. */
  saleToldAgain(call: Operation): Operation | undefined;
  /** True when a buyer who asked for units was told of the reservation. */
  wasTold(hold: string): boolean;
  /** True when the order of a call may have been deleted because somebody asked to cancel it. */
  mayBeDeleted(call: Operation): boolean;
  callIdsOf(operation: Operation): string[];
  ordersOfBuyer(buyer: string): OrderRow[];
  /** The attempt that an answer about a decision is about, as far as it tells. */
  attemptOf(read: Operation): Operation | undefined;
  /** True when a reservation of the ledger bears one of the call ids. */
  isReserved(callIds: string[]): boolean;
  /** True when a described shop has a sold reservation of which nobody was told, and that may have taken the place of this one. */
  mayHaveSoldAnother(row: ReservationRow): boolean;
  /** True when there are as many orders of a SKU as calls that bought it at once and were answered yes. */
  hasOrdersForAll(sku: string | undefined): boolean;
  /** By the id of the call that used the voucher. */
  usedBy: Map<string, VoucherRow>;
}

/** Collects the material to compare acknowledged calls with. */
export function openBooks(evidence: Evidence, ledger: LedgerIndex): Books {
  const told = holdsInAnswers(evidence.operations);
  const usedBy = new Map<string, VoucherRow>();
  for (const voucher of ledger.vouchers) {
    if (voucher.usedByCallId !== null) usedBy.set(voucher.usedByCallId, voucher);
  }
  const ordersByBuyer = lazy(() => groupBy(ledger.orders, ({ userId }) => userId ?? undefined));
  const reservedBy = lazy(() => new Set(ledger.reservations.map(({ callId }) => callId)));
  const untold = lazy(() => {
    const isSecond = ({ reservationId: id, status }: ReservationRow): boolean =>
      ledger.attribution !== undefined && status === 'CONFIRMED' && !told.has(id);
    return new Set(ledger.reservations.filter(isSecond).map(likeOf));
  });
  const orderBalance = lazy(() => balanceOrders(evidence, ledger));
  return {
    ledger,
    askedToCancel: createCancelTest(evidence, ledger),
    mayBeDeleted: createDoubt(evidence, ledger),
    saleToldAgain:
      evidence.sale.shop === undefined ? () => undefined : createSaleSearch(evidence.operations),
    wasTold: (hold) => told.has(hold),
    callIdsOf: findWishes(evidence).callIdsOf,
    attemptOf: findDecisions(evidence).attemptOf,
    ordersOfBuyer: (buyer) => ordersByBuyer().get(buyer) ?? [],
    isReserved: (callIds) => callIds.some((callId) => reservedBy().has(callId)),
    mayHaveSoldAnother: (row) => untold().has(likeOf(row)),
    hasOrdersForAll: (sku) => (orderBalance().get(sku) ?? 0) >= 0,
    usedBy,
  };
}

/** By SKU, the orders that there are more than calls that bought it at once and were answered yes. */
function balanceOrders({ operations }: Evidence, { orders }: LedgerIndex) {
  const balance = new Map<string | undefined, number>();
  const add = (sku: string | undefined, change: 1 | -1) =>
    balance.set(sku, (balance.get(sku) ?? 0) + change);
  for (const { skuId } of orders) add(skuId, 1);
  for (const { kind, outcome, sku } of operations) {
    if (outcome === 'ok' && (kind === 'buy' || kind === 'register')) add(sku, -1);
  }
  return balance;
}

/** Creates the test for orders of a described shop that may have been deleted. */
function createDoubt(
  { operations }: Evidence,
  { attribution, orders }: LedgerIndex,
): (call: Operation) => boolean {
  if (attribution === undefined) return () => false;
  const deletionOf = createDeletionTest(operations, orders);
  // Where rows name no buyers, nobody knows whose order is missing.
  const isAnybodys =
    !attribution.knowsBuyers && operations.some((call) => deletionOf(call) !== 'no');
  return (call) => isAnybodys || deletionOf(call) !== 'no';
}

/** Creates the test for holds that a call asked to give back, or whose order a call asked to cancel. */
function createCancelTest({ operations }: Evidence, ledger: LedgerIndex): Books['askedToCancel'] {
  const holdOfOrder = new Map<string, string>();
  const calls = eventfulCalls(operations);
  for (const { outcome, order, hold, newHold = hold } of calls) {
    if (outcome === 'fail' || order === undefined) continue;
    if (newHold !== undefined) holdOfOrder.set(order, newHold);
  }
  const cancelled = new Set<string>();
  // A target that keeps no orders may leave nobody to tell which order was of which hold, but only who cancelled it.
  const unknown = new Set<string>();
  for (const { kind, hold, order, buyer } of calls) {
    if ((kind === 'release' || kind === 'cancel') && hold !== undefined) cancelled.add(hold);
    const isNameless = hold === undefined && order === undefined;
    if ((kind === 'release' || kind === 'cancel') && isNameless && buyer !== undefined) {
      unknown.add(buyer);
    }
    if (kind !== 'cancel' || order === undefined) continue;
    const id = ledger.orderById.get(order)?.reservationId ?? holdOfOrder.get(order);
    if (id !== undefined) cancelled.add(id);
    else if (!ledger.keeps('order') && buyer !== undefined) unknown.add(buyer);
  }
  const ownerOf = (hold: string): string | undefined =>
    ledger.reservationById.get(hold)?.userId ??
    (ledger.ordersByReservation.get(hold) ?? [])[0]?.userId;
  return (hold, buyer = '') => cancelled.has(hold) || unknown.has(ownerOf(hold) || buyer);
}
