import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy } from '../../kernel/memo.ts';
import type { Hold } from './hold.ts';
import { holdsInAnswers } from './late-checkouts.ts';
import { type LedgerIndex, ofBuyer } from './ledger-index.ts';
import type { ReservationRow } from './rows.ts';
import type { Wishes } from './wishes.ts';

/** The certainty of the hold that a call asked for, and the hold's row in the ledger. */
export interface Claim {
  made: Hold['made'];
  reservation: ReservationRow | undefined;
}

export interface Claims {
  /** The claim of a call that was answered yes. */
  answered(call: Operation): Claim;
  /** The claim of a call without an answer. */
  settle(call: Operation): Claim | 'did-not-happen';
  /** The claim of an attempt at a flash sale. An accepted one may have taken units until it was decided, even if it failed then. */
  decided(call: Operation): Claim | 'did-not-happen';
}

/** Finds the ledger's row for a call that asks for units. No row is claimed by two calls without an answer. */
export function createClaims(
  { calls, callIdsOf }: Wishes,
  ledger: LedgerIndex | undefined,
): Claims {
  const unclaimed = rowsInNoAnswer(calls, ledger);
  const byCallId = groupBy(unclaimed, (row) => row.callId ?? undefined);
  const withoutCallId = unclaimed.filter((row) => row.callId === null);
  // The last of each list is taken first.
  const byBuyer = groupBy(withoutCallId.toReversed(), (row) =>
    buyerKey(row.userId, row.skuId, row.quantity),
  );
  const registered = lazy(() =>
    groupBy(unclaimed.toReversed(), (row) => ofBuyer(row.skuId, row.userId)),
  );

  const left = new Set(unclaimed);

  const claimByCallId = (call: Operation): ReservationRow | undefined => {
    for (const callId of callIdsOf(call)) {
      const row = byCallId.get(callId)?.find((each) => left.has(each)) ?? rowBoughtBy(callId);
      if (row === undefined) continue;
      left.delete(row);
      return row;
    }
    return undefined;
  };

  /** The row that a call bought. A registration may buy the hold that an earlier one of the same buyer has left. */
  const rowBoughtBy = (callId: string): ReservationRow | undefined => {
    for (const { reservationId } of ledger?.ordersByCallId.get(callId) ?? []) {
      const row = ledger?.reservationById.get(reservationId);
      if (row !== undefined && left.has(row)) return row;
    }
    return undefined;
  };

  /** The row of another registration of the same buyer, which this one may have bought: no orders tell. */
  const rowOfOtherRegistration = (call: Operation): ReservationRow | undefined => {
    if (call.kind !== 'register' || ledger?.keeps('order')) return undefined;
    const rows = registered().get(ofBuyer(call.sku, call.buyer)) ?? [];
    // Rows that were taken otherwise are given to nobody any more.
    while (rows.length > 0 && !left.has(rows.at(-1) as ReservationRow)) rows.pop();
    const row = rows.pop();
    if (row !== undefined) left.delete(row);
    return row;
  };

  /** The fate of a call without an answer that has no row. Where names are given again, another row may be written over its own. */
  const withoutRow = (kind: 'order' | 'reservation'): Claim | 'did-not-happen' =>
    ledger?.attribution?.overwritten.has(kind)
      ? { made: 'unsettled', reservation: undefined }
      : 'did-not-happen';

  /** The fate of a call by the orders alone: they tell only of calls that take and sell units at once. */
  function settleByOrders(call: Operation): Claim | 'did-not-happen' {
    const isAtOnce = call.kind === 'buy' || call.kind === 'register';
    if (!isAtOnce || ledger?.attribution === undefined || !ledger.keeps('order')) {
      return { made: 'unsettled', reservation: undefined };
    }
    const isMade = callIdsOf(call).some((callId) => ledger.ordersByCallId.has(callId));
    return isMade ? { made: 'found', reservation: undefined } : withoutRow('order');
  }

  function settle(call: Operation): Claim | 'did-not-happen' {
    const { buyer, sku, quantity } = call;
    const isOpen = callIdsOf(call).some((callId) => ledger?.attribution?.open.has(callId));
    if (isOpen) return { made: 'unsettled', reservation: undefined };
    if (!ledger?.keeps('reservation')) return settleByOrders(call);
    const named = claimByCallId(call) ?? rowOfOtherRegistration(call);
    if (named) return { made: 'found', reservation: named };
    // Rows of a described shop were given to their calls before; one that is left is of none of them.
    if (ledger.attribution !== undefined) {
      return withoutRow(ledger.attribution.keepsHolds ? 'reservation' : 'order');
    }
    // A server that stores no call ids leaves only the buyer, the SKU and the quantity to compare.
    if (withoutCallId.length === 0) return 'did-not-happen';
    if (buyer === undefined) return { made: 'unsettled', reservation: undefined };
    const likely = byBuyer.get(buyerKey(buyer, sku, quantity))?.pop();
    return likely ? { made: 'found', reservation: likely } : 'did-not-happen';
  }

  const mayBeAccepted = (call: Operation): boolean => {
    if (!ledger?.keeps('attempt')) return true;
    const rows = ledger.attemptsByBuyer.get(ofBuyer(call.sku, call.buyer)) ?? [];
    return rows.some(({ callId }) => callId === null || callIdsOf(call).includes(callId));
  };

  return {
    settle,
    answered(call) {
      const reservation =
        call.hold === undefined ? claimByCallId(call) : ledger?.reservationById.get(call.hold);
      return { made: 'answered', reservation };
    },
    decided(call) {
      const claim = settle(call);
      return claim === 'did-not-happen' && (call.outcome === 'ok' || mayBeAccepted(call))
        ? { made: 'found', reservation: undefined }
        : claim;
    },
  };
}

/** Finds the ledger's reservations whose ids are in no answer. */
function rowsInNoAnswer(calls: Operation[], ledger: LedgerIndex | undefined): ReservationRow[] {
  const answered = holdsInAnswers(calls);
  return (ledger?.reservations ?? []).filter((row) => !answered.has(row.reservationId));
}

const buyerKey = (buyer: string, sku: string | undefined, quantity: number): string =>
  `${sku} ${quantity} ${buyer}`;
