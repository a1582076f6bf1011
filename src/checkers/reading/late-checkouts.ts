import { type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy, memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { eventfulCalls } from './eventful-calls.ts';
import type { Hold } from './hold.ts';
import { shortestTtlNs } from './hold-ttl.ts';
import { isMade, type LedgerIndex, likeOf } from './ledger-index.ts';
import { NOBODY, type ReservationRow } from './rows.ts';
import type { Wishes } from './wishes.ts';

/**
 * Creates the search for the hold that a late checkout made: one whose payment came after the hold that it names had
 * lapsed. An answer, or the ledger's order, that names another hold is no proof of one by itself: the server may have mixed
 * up two orders, or name a hold that never was. So the hold must be nobody else's, the ledger must have it, and without a
 * ledger the hold that was checked out must have been able to lapse.
 *
 * @param byId the holds found so far, by their ids
 */
export function createNewHoldTest(
  { byId }: { byId: Map<string, Hold> },
  { operations, sale }: Evidence,
  wishes: Wishes,
  ledger: LedgerIndex | undefined,
): (confirm: Operation) => string | undefined {
  const { callIdsOf } = wishes;
  const unsold = holdsOfUnsoldCheckouts(wishes, ledger);
  const isTold = (id: string): boolean => holdsInAnswers(wishes.calls).has(id);

  /** The second holds that calls were told of, or on which their orders rest. */
  const lateHolds = lazy(
    () =>
      new Set(
        eventfulCalls(operations).map(
          (call) => call.newHold ?? newHoldInLedger(call, callIdsOf(call), ledger),
        ),
      ),
  );

  let unnamed: Map<string, ReservationRow[]> | undefined;
  /** A row that may be of a checkout without an answer, where the ledger stores no call ids: alike, and nobody else's. */
  const rowLike = ({ outcome, hold = '' }: Operation): string | undefined => {
    const lapsed = ledger?.reservationById.get(hold);
    if (ledger === undefined || lapsed === undefined || outcome !== 'info') return undefined;
    // A row that was given to the hold by a guess does not tell that it lapsed.
    if (ledger.attribution?.vague.has(hold)) return undefined;
    unnamed ??= groupBy(
      ledger.reservations.filter(
        ({ callId, reservationId: id }) => callId === null && !isTold(id) && !lateHolds().has(id),
      ),
      likeOf,
    );
    const rows = unnamed.get(likeOf(lapsed)) ?? [];
    return rows.find(({ reservationId: id }) => id !== hold && !byId.has(id))?.reservationId;
  };

  const mayHaveMade = (confirm: Operation, id: string): boolean => {
    if (isTold(id)) return false;
    const row = ledger?.reservationById.get(id);
    // A name that several things may have had is that of no row. Then the answer tells.
    const isNoRows = row === undefined && ledger?.attribution?.vague.has(id) === true;
    if (ledger?.keeps('reservation') && !isNoRows) {
      if (row === undefined) return false;
      const isNamed = confirm.buyer !== undefined && row.userId !== NOBODY;
      const isTheirs = !isNamed || confirm.buyer === row.userId;
      return isTheirs && (row.callId === null || callIdsOf(confirm).includes(row.callId));
    }
    const lapsing = byId.get(confirm.hold ?? '')?.reserve;
    const lapsesFromNs = (lapsing?.invokedAtNs ?? Number.NEGATIVE_INFINITY) + shortestTtlNs(sale);
    return confirm.completedAtNs >= lapsesFromNs;
  };

  return (confirm) => {
    const id =
      confirm.newHold ??
      newHoldInLedger(confirm, callIdsOf(confirm), ledger) ??
      unsold.get(confirm) ??
      rowLike(confirm);
    return id !== undefined && mayHaveMade(confirm, id) ? id : undefined;
  };
}

/** Collects the ids of the holds that buyers who asked for units were told of. */
export const holdsInAnswers = memoized((operations: Operation[]): ReadonlySet<string> => {
  const told = new Set<string>();
  for (const { kind, outcome, hold } of eventfulCalls(operations)) {
    if (takesStock(kind) && outcome === 'ok' && hold !== undefined) told.add(hold);
  }
  return told;
});

/** The hold that a checkout's order rests on in the ledger, if it is another than the one that the checkout named. */
function newHoldInLedger(
  confirm: Operation,
  callIds: string[],
  ledger: LedgerIndex | undefined,
): string | undefined {
  if (ledger === undefined || confirm.hold === undefined) return undefined;
  // A row that was given to the hold by a guess may be named otherwise by the order.
  if (ledger.attribution?.vague.has(confirm.hold)) return undefined;
  const named = confirm.order === undefined ? undefined : ledger.orderById.get(confirm.order);
  const orders = named
    ? [named]
    : callIds.flatMap((callId) => ledger.ordersByCallId.get(callId) ?? []);
  return orders.find((order) => isMade(order) && order.reservationId !== confirm.hold)
    ?.reservationId;
}

/**
 * Finds the holds that late checkouts made and did not sell: the server died before the sale, or that hold lapsed as well.
 */
function holdsOfUnsoldCheckouts(
  { calls, callIdsOf }: Wishes,
  ledger: LedgerIndex | undefined,
): Map<Operation, string> {
  const holds = new Map<Operation, string>();
  const byCallId = new Map<string, Operation>();
  for (const call of eventfulCalls(calls)) {
    if (call.outcome === 'ok') continue;
    for (const callId of callIdsOf(call)) byCallId.set(callId, call);
  }
  for (const { callId, reservationId } of ledger?.reservations ?? []) {
    const call = callId === null ? undefined : byCallId.get(callId);
    if (call !== undefined && call.hold !== reservationId) holds.set(call, reservationId);
  }
  return holds;
}
