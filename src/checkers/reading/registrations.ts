import { type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { eventfulCalls } from './eventful-calls.ts';
import { mayBeHalfWay } from './half-way.ts';
import type { Hold } from './hold.ts';
import { type LedgerIndex, ofBuyer } from './ledger-index.ts';
import type { Wishes } from './wishes.ts';

/**
 * Creates the search for the earliest moment at which the hold of a call may have been made, that of its call or before it. A
 * registration or a purchase that finds a hold left by an earlier call of its buyer, which was refused half-way or got no answer, buys that
 * hold; a checkout that came after the lapse may have left one, too. A described shop may also answer a second wish for units
 * with what the first one got.
 */
export function createAskedTest({ operations, sale }: Evidence): (call: Operation) => number {
  const isShop = sale.shop !== undefined;
  const mayFindHold = ({ kind }: Operation): boolean =>
    kind === 'register' || kind === 'buy' || (isShop && kind === 'reserve');
  if (!operations.some(mayFindHold)) return ({ invokedAtNs }) => invokedAtNs;
  const firstNs = new Map<string, number>();
  const skuOfHold = new Map<string, string | undefined>();
  for (const { kind, sku, hold } of operations) {
    if (takesStock(kind) && hold !== undefined) skuOfHold.set(hold, sku);
  }
  const mayLeaveHold = (call: Operation): boolean => {
    const { kind, outcome } = call;
    if (kind === 'buy') return outcome === 'info' || mayBeHalfWay(call, sale);
    return (
      kind === 'register' ||
      (kind === 'reserve' && outcome === 'info') ||
      (kind === 'confirm' && outcome !== 'ok')
    );
  };
  for (const call of operations) {
    const { kind, sku, buyer, hold = '', invokedAtNs } = call;
    if (!mayLeaveHold(call)) continue;
    const key = ofBuyer(kind === 'confirm' ? skuOfHold.get(hold) : sku, buyer);
    if (!firstNs.has(key)) firstNs.set(key, invokedAtNs);
  }
  return (call) => {
    const { sku, buyer, invokedAtNs } = call;
    const first = mayFindHold(call) ? firstNs.get(ofBuyer(sku, buyer)) : undefined;
    return Math.min(first ?? invokedAtNs, invokedAtNs);
  };
}

/** Calls that sell units at once. They may find a hold of their buyer and buy that one, in place of one of their own. */
const BUYS_RESERVED: ReadonlySet<Operation['kind']> = new Set(['register', 'buy']);

/** The calls that bought a hold which their buyer had reserved. */
export interface BoughtReservations {
  /** True for a call that surely bought what a reserve call was told of. */
  isBought(call: Operation): boolean;
  /** The calls that bought the hold of a reserve call, or may have. */
  ofHold(hold: Hold): Operation[];
}

/**
 * Creates the test for calls that sell at once and are, by their answer or the ledger, about a hold of which a reserve call of
 * the same buyer was told.
 */
export function createReservedTest(
  calls: readonly Operation[],
): (call: Operation, hold: string | undefined) => boolean {
  const reserved = lazy(() => {
    const byHold = new Map<string, Operation>();
    for (const call of eventfulCalls(calls)) {
      if (call.kind === 'reserve' && call.hold !== undefined) byHold.set(call.hold, call);
    }
    return byHold;
  });
  return ({ kind, buyer, sku }, hold) => {
    if (hold === undefined || !BUYS_RESERVED.has(kind)) return false;
    const reserve = reserved().get(hold);
    return reserve !== undefined && reserve.buyer === buyer && reserve.sku === sku;
  };
}

export function findBoughtReservations(
  { calls, callIdsOf }: Wishes,
  ledger: LedgerIndex | undefined,
): BoughtReservations {
  const sales = eventfulCalls(calls).filter(({ kind }) => BUYS_RESERVED.has(kind));
  if (sales.length === 0) return { isBought: () => false, ofHold: () => [] };
  const hasReserved = createReservedTest(calls);
  const byBuyer = groupBy(sales, ({ sku, buyer }) => ofBuyer(sku, buyer));
  const isCallIdKept = ledger?.keeps('order') && ledger.orders.every(({ callId }) => callId);

  /** The hold that a call bought, by its answer or the ledger's order; undefined if neither tells. */
  const holdOf = (call: Operation): string | undefined => {
    if (call.hold !== undefined) return call.hold;
    const orders = callIdsOf(call).flatMap((callId) => ledger?.ordersByCallId.get(callId) ?? []);
    return orders[0]?.reservationId;
  };

  return {
    isBought: (call) => hasReserved(call, holdOf(call)),
    ofHold({ reserve, sku, buyer, reservation }) {
      const id = reserve.hold ?? reservation?.reservationId;
      if (reserve.kind !== 'reserve' || id === undefined) return [];
      return (byBuyer.get(ofBuyer(sku, buyer)) ?? []).filter((call) => {
        const bought = holdOf(call);
        if (bought !== undefined) return bought === id;
        return call.outcome === 'info' && !isCallIdKept;
      });
    },
  };
}
