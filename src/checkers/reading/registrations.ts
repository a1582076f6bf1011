import { type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { Evidence } from '../evidence.ts';
import { eventfulCalls } from './eventful-calls.ts';
import type { Hold } from './hold.ts';
import { type LedgerIndex, ofBuyer } from './ledger-index.ts';
import type { Wishes } from './wishes.ts';

/**
 * The moment at which each buyer first asked for what a registration may have bought, by `ofBuyer`. A registration that
 * finds a hold left by an earlier call of its buyer, which was refused half-way or got no answer, buys that hold. A checkout
 * that came after the lapse may have left one, too.
 */
export function firstRegistrations({ operations }: Evidence): Map<string, number> {
  const firstNs = new Map<string, number>();
  if (!operations.some(({ kind }) => kind === 'register')) return firstNs;
  const skuOfHold = new Map<string, string | undefined>();
  for (const { kind, sku, hold } of operations) {
    if (takesStock(kind) && hold !== undefined) skuOfHold.set(hold, sku);
  }
  for (const { kind, outcome, sku, buyer, hold = '', invokedAtNs } of operations) {
    const mayLeaveHold =
      kind === 'register' ||
      (kind === 'reserve' && outcome === 'info') ||
      (kind === 'confirm' && outcome !== 'ok');
    if (!mayLeaveHold) continue;
    const key = ofBuyer(kind === 'confirm' ? skuOfHold.get(hold) : sku, buyer);
    if (!firstNs.has(key)) firstNs.set(key, invokedAtNs);
  }
  return firstNs;
}

/** The registrations that bought a hold which their buyer had reserved, in place of one of their own. */
export interface BoughtReservations {
  /** True for a registration that surely bought what a reserve call was told of. */
  isBought(registration: Operation): boolean;
  /** The registrations that bought the hold of a reserve call, or may have. */
  ofHold(hold: Hold): Operation[];
}

export function findBoughtReservations(
  { calls, callIdsOf }: Wishes,
  ledger: LedgerIndex | undefined,
): BoughtReservations {
  const registrations = eventfulCalls(calls).filter(({ kind }) => kind === 'register');
  if (registrations.length === 0) return { isBought: () => false, ofHold: () => [] };
  const reserved = new Map<string, Operation>();
  for (const call of eventfulCalls(calls)) {
    const { kind, hold } = call;
    if (kind === 'reserve' && hold !== undefined) reserved.set(hold, call);
  }
  const byBuyer = groupBy(registrations, ({ sku, buyer }) => ofBuyer(sku, buyer));
  const isCallIdKept = ledger?.keeps('order') && ledger.orders.every(({ callId }) => callId);

  /** The hold that a registration bought, by its answer or the ledger's order; undefined if neither tells. */
  const holdOf = (call: Operation): string | undefined => {
    if (call.hold !== undefined) return call.hold;
    const orders = callIdsOf(call).flatMap((callId) => ledger?.ordersByCallId.get(callId) ?? []);
    return orders[0]?.reservationId;
  };

  return {
    isBought(call) {
      const reserve = reserved.get(holdOf(call) ?? '');
      return reserve !== undefined && reserve.buyer === call.buyer && reserve.sku === call.sku;
    },
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
