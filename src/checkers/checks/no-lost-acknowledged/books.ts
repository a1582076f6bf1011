import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { lazy } from '../../../kernel/memo.ts';
import type { Evidence } from '../../evidence.ts';
import { findDecisions } from '../../reading/decisions.ts';
import { holdsInAnswers } from '../../reading/late-checkouts.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import type { OrderRow, VoucherRow } from '../../reading/rows.ts';
import { findWishes } from '../../reading/wishes.ts';

/** The material that an acknowledged call is compared with. */
export interface Books {
  ledger: LedgerIndex;
  /** True when a call asked to cancel the reservation, or the order that sold it. */
  askedToCancel(hold: string): boolean;
  /** True when a buyer who asked for units was told of the reservation. */
  wasTold(hold: string): boolean;
  /** True when the order of a call may have been deleted because somebody asked to cancel it. */
  mayBeDeleted(call: Operation): boolean;
  callIdsOf(operation: Operation): string[];
  ordersOfBuyer(buyer: string): OrderRow[];
  /** The attempt that an answer about a decision is about, as far as it tells. */
  attemptOf(read: Operation): Operation | undefined;
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
  const orderBalance = lazy(() => balanceOrders(evidence, ledger));
  return {
    ledger,
    askedToCancel: createCancelTest(evidence, ledger),
    mayBeDeleted: createDeletionTest(evidence, ledger),
    wasTold: (hold) => told.has(hold),
    callIdsOf: findWishes(evidence).callIdsOf,
    attemptOf: findDecisions(evidence).attemptOf,
    ordersOfBuyer: (buyer) => ordersByBuyer().get(buyer) ?? [],
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

/**
 * Creates the test for orders of a described shop that may have been deleted: its buyer, or anybody by the order's or the
 * hold's name, asked to cancel something, and the books have no order that is marked as cancelled.
 */
function createDeletionTest(
  { operations }: Evidence,
  { attribution, orders }: LedgerIndex,
): (call: Operation) => boolean {
  if (attribution === undefined || orders.some(({ status }) => status === 'CANCELLED'))
    return () => false;
  const names = new Set<string | undefined>();
  const nameless = new Set<string | undefined>();
  const buyers = new Set<string | undefined>();
  for (const { kind, outcome, order, hold, buyer } of operations) {
    if (kind !== 'cancel' || outcome === 'fail') continue;
    names.add(order).add(hold);
    buyers.add(buyer);
    if (order === undefined && hold === undefined) nameless.add(buyer);
  }
  names.delete(undefined);
  // Where rows name no buyers, nobody knows whose order is missing.
  if (!attribution.knowsBuyers) return () => buyers.size > 0;
  return ({ order, hold, newHold = hold, buyer }) => {
    if (names.has(order) || names.has(newHold) || nameless.has(buyer)) return true;
    // Where answers name no order, one that was cancelled may be this one.
    return order === undefined && buyers.has(buyer);
  };
}

/** Creates the test for holds that a call asked to give back, or whose order a call asked to cancel. */
function createCancelTest(
  { operations }: Evidence,
  ledger: LedgerIndex,
): (hold: string) => boolean {
  const holdOfOrder = new Map<string, string>();
  for (const { kind, outcome, order, hold, newHold = hold } of operations) {
    if (kind !== 'confirm' || outcome === 'fail' || order === undefined) continue;
    if (newHold !== undefined) holdOfOrder.set(order, newHold);
  }
  const cancelled = new Set<string>();
  // A target that keeps no orders may leave nobody to tell which order was of which hold, but only who cancelled it.
  const unknown = new Set<string>();
  for (const { kind, outcome, hold, order, buyer } of operations) {
    if (outcome === 'fail') continue;
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
  const buyerOf = (hold: string): string | undefined =>
    ledger.reservationById.get(hold)?.userId ??
    (ledger.ordersByReservation.get(hold) ?? [])[0]?.userId;
  return (hold) => cancelled.has(hold) || (unknown.size > 0 && unknown.has(buyerOf(hold) ?? ''));
}
