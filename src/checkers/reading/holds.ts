import { type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { LedgerReservation } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { indexLedger, isMade, type LedgerIndex, ofBuyer } from './ledger-index.ts';
import { findWishes, type Wishes } from './repeats.ts';

/**
 * A hold that was made or may have been, with everything that was asked of it. Calls without an answer (`info`) are
 * settled against the final ledger first: what it has no trace of did not happen and is not in here.
 *
 * Registering for a campaign is a hold and its checkout in one call. An attempt at a flash sale is a hold that was made at
 * some time after the call, if at all; its buyer knows of it when they asked and were told. A checkout whose payment came
 * after its hold had lapsed takes units anew, with a hold of its own.
 */
export interface Hold {
  sku: string;
  buyer: string | undefined;
  quantity: number;
  /** The call that asked for it: reserve, register or attempt, or a checkout that came too late for the hold it had. */
  reserve: Operation;
  /** The earliest that it may have been made: when the call was, or an earlier call that left its hold to this one. */
  askedAtNs: number;
  /** From when on its buyer knew of it; `Infinity` when they were not told. */
  toldAtNs: number;
  /** `told`: the buyer was answered yes. `found`: no answer, but the ledger has it. `unsettled`: nobody knows. */
  made: 'told' | 'found' | 'unsettled';
  /** Whether it was sold. `maybe`: a checkout got no answer and there is no ledger to ask. */
  confirmed: 'yes' | 'maybe' | 'no';
  /** Checkouts that happened or may have, in the order of invocation. */
  confirms: readonly Operation[];
  /** Cancellations that happened or may have, in the order of invocation. */
  releases: readonly Operation[];
  /** Whether one of them did: answered, or visible in the ledger. */
  released: 'yes' | 'maybe' | 'no';
  /** Cancellations of its order that happened or may have, in the order of invocation. */
  cancels: readonly Operation[];
  cancelled: 'yes' | 'maybe' | 'no';
  /** Its row in the final ledger. */
  reservation: LedgerReservation | undefined;
}

export interface Holds {
  bySku: Map<string, Hold[]>;
  /** By the id the server gave them. */
  byId: Map<string, Hold>;
}

/** Every hold of the SKUs on sale, in the order of their reserve calls. */
export const findHolds = memoized((evidence: Evidence): Holds => {
  const { index: ledger } = indexLedger(evidence);
  const onSale = new Set(evidence.sale.skus.map(({ skuId }) => skuId));
  const wishes = findWishes(evidence);
  const claims = createClaims(wishes, ledger);
  const holds: Hold[] = [];
  const byId = new Map<string, Hold>();
  const byOrder = new Map<string, Hold>();
  const registeredAtNs = firstRegistrations(evidence);
  const successToldAtNs = firstSuccesses(evidence);

  // Claimed before any call without an answer is settled, so that none of those takes what another was told of.
  const toldAttempts = new Map(
    callsThatSucceeded(wishes, successToldAtNs, ledger).map((call) => [call, claims.told(call)]),
  );
  const late = new Set<Operation>();

  function add(reserve: Operation, sku: string, claim: Claim, id: string | undefined): Hold {
    const { kind, buyer } = reserve;
    const key = kind === 'reserve' ? '' : ofBuyer(sku, buyer);
    const hold: Hold = {
      sku,
      buyer,
      // A checkout does not say how much it buys.
      quantity:
        kind === 'confirm'
          ? (byId.get(reserve.hold ?? '')?.quantity ?? claim.reservation?.quantity ?? 1)
          : reserve.quantity,
      reserve,
      askedAtNs: (kind === 'register' ? registeredAtNs.get(key) : undefined) ?? reserve.invokedAtNs,
      toldAtNs:
        kind === 'attempt'
          ? (successToldAtNs.get(key) ?? Number.POSITIVE_INFINITY)
          : reserve.completedAtNs,
      made: claim.made,
      confirmed: 'no',
      confirms: NONE,
      releases: NONE,
      released: 'no',
      cancels: NONE,
      cancelled: 'no',
      reservation: claim.reservation,
    };
    holds.push(hold);
    if (id !== undefined && !byId.has(id)) byId.set(id, hold);
    if (reserve.order !== undefined) byOrder.set(reserve.order, hold);
    return hold;
  }

  for (const reserve of wishes.calls) {
    const { kind, outcome, sku } = reserve;
    if (outcome === 'fail') continue;
    if (kind === 'confirm') {
      const id = reserve.newHold ?? newHoldInLedger(reserve, wishes, ledger);
      if (id === undefined) continue;
      const reservation = ledger?.reservationById.get(id);
      const ofSku = sku ?? reservation?.skuId;
      if (ofSku === undefined || !onSale.has(ofSku)) continue;
      late.add(reserve);
      const made = outcome === 'ok' ? 'told' : 'found';
      sellAtOnce(add(reserve, ofSku, { made, reservation }, id), ledger);
    }
    if (!takesStock(kind) || sku === undefined || !onSale.has(sku)) continue;
    const claim =
      kind === 'attempt'
        ? (toldAttempts.get(reserve) ?? claims.decided(reserve))
        : outcome === 'ok'
          ? claims.told(reserve)
          : claims.settle(reserve);
    if (claim === 'did-not-happen') continue;
    const hold = add(reserve, sku, claim, reserve.hold ?? claim.reservation?.reservationId);
    if (kind !== 'reserve') sellAtOnce(hold, ledger);
  }
  for (const { orderId, reservationId } of ledger?.orders ?? []) {
    const hold = byId.get(reservationId);
    if (hold !== undefined) byOrder.set(orderId, hold);
  }

  for (const operation of wishes.calls) {
    if (operation.outcome === 'fail') continue;
    const { kind, hold: id, order } = operation;
    const hold =
      (id === undefined ? undefined : byId.get(id)) ??
      (order === undefined ? undefined : byOrder.get(order));
    if (hold === undefined) continue;
    if (kind === 'confirm' && !late.has(operation)) {
      addConfirm(hold, operation, ledger);
      if (order !== undefined) byOrder.set(order, hold);
    }
    if (kind === 'release') addRelease(hold, operation, ledger !== undefined);
    if (kind === 'cancel') addCancel(hold, operation, ledger !== undefined);
  }
  return { bySku: groupBy(holds, ({ sku }) => sku), byId };
});

/**
 * When each buyer first asked to be registered. A registration that finds a hold of an earlier one, refused or without an
 * answer, buys that.
 */
function firstRegistrations({ operations }: Evidence): Map<string, number> {
  const firstNs = new Map<string, number>();
  for (const { kind, sku, buyer, invokedAtNs } of operations) {
    if (kind !== 'register') continue;
    const key = ofBuyer(sku, buyer);
    if (!firstNs.has(key)) firstNs.set(key, invokedAtNs);
  }
  return firstNs;
}

/** When each buyer was first told that their attempt had succeeded. */
function firstSuccesses({ operations }: Evidence): Map<string, number> {
  const firstNs = new Map<string, number>();
  for (const { kind, outcome, sku, buyer, observed, completedAtNs } of operations) {
    if (kind !== 'read' || outcome !== 'ok' || observed?.decision !== 'SUCCESS') continue;
    const key = ofBuyer(sku, buyer);
    firstNs.set(key, Math.min(firstNs.get(key) ?? completedAtNs, completedAtNs));
  }
  return firstNs;
}

/**
 * Of each buyer who was told that their attempt had succeeded, the attempt that did: one that was accepted, else the one
 * that the ledger names, else the first that may have been.
 */
function callsThatSucceeded(
  { calls, callIdsOf }: Wishes,
  toldAtNs: Map<string, number>,
  ledger: LedgerIndex | undefined,
): Operation[] {
  const named = new Set((ledger?.reservations ?? []).map(({ callId }) => callId));
  const likelihood = (call: Operation): number => {
    if (call.outcome === 'ok') return 2;
    return callIdsOf(call).some((callId) => named.has(callId)) ? 1 : 0;
  };
  const best = new Map<string, Operation>();
  for (const call of calls) {
    const key = ofBuyer(call.sku, call.buyer);
    if (call.kind !== 'attempt' || call.outcome === 'fail' || !toldAtNs.has(key)) continue;
    const other = best.get(key);
    if (other === undefined || likelihood(call) > likelihood(other)) best.set(key, call);
  }
  return [...best.values()];
}

/** Shared, because most holds of a big sale end without either. */
const NONE: readonly Operation[] = [];

/** Calls other than reserve sell what they take; one without an answer may have got no further than the hold. */
function sellAtOnce(hold: Hold, ledger: LedgerIndex | undefined): void {
  if (hold.made === 'told' || wasSold(hold, ledger)) hold.confirmed = 'yes';
  else if (hold.made === 'unsettled') hold.confirmed = 'maybe';
  else return;
  hold.confirms = [hold.reserve];
}

/** The hold that a checkout's order rests on in the ledger, if it is another than the one it was asked to buy. */
function newHoldInLedger(
  confirm: Operation,
  { callIdsOf }: Wishes,
  ledger: LedgerIndex | undefined,
): string | undefined {
  if (ledger === undefined || confirm.hold === undefined) return undefined;
  const named = confirm.order === undefined ? undefined : ledger.orderById.get(confirm.order);
  const orders = named
    ? [named]
    : callIdsOf(confirm).flatMap((callId) => ledger.ordersByCallId.get(callId) ?? []);
  return orders.find((order) => isMade(order) && order.reservationId !== confirm.hold)
    ?.reservationId;
}

/** Whether the ledger has a sale of it, even one that was cancelled since. */
function wasSold({ reservation }: Hold, ledger: LedgerIndex | undefined): boolean {
  if (reservation === undefined) return false;
  const orders = ledger?.ordersByReservation.get(reservation.reservationId) ?? [];
  return reservation.status === 'CONFIRMED' || orders.some(isMade);
}

function addConfirm(hold: Hold, confirm: Operation, ledger: LedgerIndex | undefined): void {
  const isSettled = ledger !== undefined;
  if (confirm.outcome === 'info' && isSettled && !wasSold(hold, ledger)) return;
  hold.confirms = [...hold.confirms, confirm];
  if (confirm.outcome === 'ok' || isSettled) hold.confirmed = 'yes';
  else if (hold.confirmed === 'no') hold.confirmed = 'maybe';
}

function addRelease(hold: Hold, release: Operation, isSettled: boolean): void {
  if (release.outcome === 'info' && isSettled && hold.reservation?.status !== 'CANCELLED') return;
  hold.releases = [...hold.releases, release];
  if (release.outcome === 'ok' || isSettled) hold.released = 'yes';
  else if (hold.released === 'no') hold.released = 'maybe';
}

function addCancel(hold: Hold, cancel: Operation, isSettled: boolean): void {
  if (cancel.outcome === 'info' && isSettled && hold.reservation?.status !== 'CANCELLED') return;
  hold.cancels = [...hold.cancels, cancel];
  if (cancel.outcome === 'ok' || isSettled) hold.cancelled = 'yes';
  else if (hold.cancelled === 'no') hold.cancelled = 'maybe';
}

type Claim = { made: Hold['made']; reservation: LedgerReservation | undefined };

/** Finds the ledger's row for a reserve call; no row is claimed by two unanswered calls. */
function createClaims({ calls, callIdsOf }: Wishes, ledger: LedgerIndex | undefined) {
  const told = new Set<string>();
  for (const { kind, outcome, hold } of calls) {
    if (takesStock(kind) && outcome === 'ok' && hold !== undefined) told.add(hold);
  }
  const unclaimed = (ledger?.reservations ?? []).filter((row) => !told.has(row.reservationId));
  const byCallId = groupBy(unclaimed, (row) => row.callId ?? undefined);
  const withoutAttempt = unclaimed.filter((row) => row.callId === null);
  const byBuyer = groupBy(withoutAttempt, (row) => buyerKey(row.userId, row.skuId, row.quantity));

  const claimNamed = (call: Operation): LedgerReservation | undefined => {
    for (const callId of callIdsOf(call)) {
      const row = byCallId.get(callId)?.shift();
      if (row !== undefined) return row;
    }
    return undefined;
  };

  function settle(call: Operation): Claim | 'did-not-happen' {
    const { buyer, sku, quantity } = call;
    if (ledger === undefined) return { made: 'unsettled', reservation: undefined };
    const named = claimNamed(call);
    if (named) return { made: 'found', reservation: named };
    // Servers that store no call ids leave the buyer and what they asked for to go by.
    if (withoutAttempt.length === 0) return 'did-not-happen';
    if (buyer === undefined) return { made: 'unsettled', reservation: undefined };
    const likely = byBuyer.get(buyerKey(buyer, sku ?? '', quantity))?.shift();
    return likely ? { made: 'found', reservation: likely } : 'did-not-happen';
  }

  return {
    settle,
    told(call: Operation): Claim {
      const reservation =
        call.hold === undefined ? claimNamed(call) : ledger?.reservationById.get(call.hold);
      return { made: 'told', reservation };
    },
    /** An accepted attempt may have taken units for as long as nobody had decided it, even if it failed in the end. */
    decided(call: Operation): Claim | 'did-not-happen' {
      const claim = settle(call);
      return claim === 'did-not-happen' && call.outcome === 'ok'
        ? { made: 'found', reservation: undefined }
        : claim;
    },
  };
}

const buyerKey = (buyer: string, sku: string, quantity: number): string =>
  `${sku} ${quantity} ${buyer}`;
