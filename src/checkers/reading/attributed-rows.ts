import type { Operation } from '../../history/operation.ts';
import { copyOfRow } from '../../history/row-in-columns.ts';
import type { LedgerOrder, LedgerReservation } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { createDecisionReader } from './decision-reader.ts';
import { createDeletionTest } from './deleted-orders.ts';
import { isMade, isStanding } from './ledger-index.ts';
import type { MatchedCall } from './matching/row-and-call.ts';
import { type Matching, matchRows } from './matching.ts';
import { mayBeOfOthers, mayHaveOlderRows } from './other-people.ts';
import { createReservedTest } from './registrations.ts';
import { findReservationTakers } from './reservation-takers.ts';
import { findWishes } from './wishes.ts';

const SELLS: ReadonlySet<Operation['kind']> = new Set(['buy', 'confirm', 'register', 'attempt']);

/** The hold of each id that an answer tells, for calls that name no SKU, buyer or quantity of their own. */
function holdsTold({ operations }: Evidence): Map<string, Operation> {
  const holds = new Map<string, Operation>();
  for (const call of operations) {
    if (call.kind === 'reserve' && call.hold !== undefined) holds.set(call.hold, call);
  }
  return holds;
}

const buyersOf = ({ operations }: Evidence): (string | undefined)[] =>
  operations.map(({ buyer }) => buyer);

/** Creates the test for names that several things may have had. A row of such a name may be of any of them. */
const createSharedTest =
  ({ sharedNames }: Evidence): ((name: string | null | undefined) => boolean) =>
  (name) =>
    sharedNames?.has(name ?? '') === true;

/**
 * Gives each order the call that made it, and the facts that its row leaves out and the call has.
 *
 * @param guessedHolds the reservations that may as well be of another call than the one whose name they were given
 */
export function attributeOrders(evidence: Evidence, guessedHolds: ReadonlySet<string>) {
  const rows = evidence.ledger?.orders ?? [];
  const isShared = createSharedTest(evidence);
  const { calls, callIdsOf } = findWishes(evidence);
  const told = holdsTold(evidence);
  const deletionOf = createDeletionTest(evidence.operations, rows);
  const decisions = createDecisionReader(evidence);
  const sellers = calls
    .filter(({ kind, outcome }) => SELLS.has(kind) && outcome !== 'fail')
    .map((operation): MatchedCall => {
      const { kind, hold, newHold, order, buyer, sku, quantity } = operation;
      const reserve = told.get(hold ?? '');
      const { decided, toldOrder } = decisions(operation);
      return {
        operation,
        decided,
        callIds: callIdsOf(operation),
        id: toldOrder ?? order,
        hold: newHold ?? hold,
        buyer: buyer ?? reserve?.buyer,
        sku: sku ?? reserve?.sku,
        quantity: kind === 'confirm' ? reserve?.quantity : quantity,
        deletion: isShared(order) ? 'maybe' : deletionOf(operation),
      };
    });
  const matching = matchRows(
    rows.map((row) => ({
      id: isShared(row.orderId) ? null : row.orderId,
      hold: row.reservationId,
      isHoldGuessed: guessedHolds.has(row.reservationId ?? ''),
      buyer: row.userId,
      sku: row.skuId,
      quantity: row.quantity,
      callIds: row.callId === null ? [] : [row.callId],
      rank: isStanding(row) ? 0 : isMade(row) ? 1 : 2,
      stands: isStanding(row),
      ...doubtsAbout(row, evidence),
    })),
    sellers,
    buyersOf(evidence),
  );
  const callOf = callsOfRows(matching, sellers);
  const strange = new Set<string>();
  const likely = new Set<string>();
  const vague = new Set<string>();
  const nameOf = new Map<string, string>();
  const reservationIds = new Set(evidence.ledger?.reservations.map((row) => row.reservationId));
  const orders = rows.map((row, place): LedgerOrder => {
    const call = callOf.get(place);
    // The name of an order that may be gone is no name for a row that may be of another call.
    const mayBeGone = matching.vague.has(place) && call?.deletion !== 'no';
    const isNamed = matching.knowsIds && !isShared(row.orderId);
    const told = isNamed || mayBeGone ? undefined : call?.id;
    const orderId = told ?? row.orderId;
    const id = orderId ?? `order ${place + 1}`;
    if (call === undefined) strange.add(id);
    if (matching.likely.has(place)) likely.add(id);
    if (matching.vague.has(place) || isShared(row.orderId)) vague.add(id);
    if (row.orderId !== null && row.orderId !== id) nameOf.set(row.orderId, id);
    // An id of another kind than buyers were told says nothing, unless a reservation has it.
    const isHoldNamed = matching.knowsHolds || reservationIds.has(row.reservationId);
    const hold = isHoldNamed ? row.reservationId : null;
    return {
      ...copyOfRow(row),
      orderId: id,
      reservationId: hold ?? call?.hold ?? row.reservationId ?? `of ${id}`,
      userId: buyerOfRow(row, place, matching, call),
      quantity: row.quantity ?? unitsOfRow(place, matching, call),
      callId: matching.callIds[place] ?? call?.operation.callId ?? null,
    };
  });
  const isUnitGuessed = isAnyUnitGuessed(rows, matching, callOf);
  return { orders, strange, likely, vague, nameOf, callOf, isUnitGuessed, ...settled(matching) };
}

/**
 * The buyer of a row: by its call, where rows name none that calls have. A row that is only like its call names nobody, and a
 * call without an answer may have named what is another buyer's.
 */
function buyerOfRow(
  { userId, callId }: LedgerOrder | LedgerReservation,
  place: number,
  { knowsBuyers, likely }: Matching,
  call: MatchedCall | undefined,
): string | null {
  if (knowsBuyers) return userId;
  const isSure = callId !== null || call?.operation.outcome === 'ok';
  return likely.has(place) || !isSure ? null : (call?.buyer ?? null);
}

/** The units of a row that does not tell them: those of its call, or at least one. */
const unitsOfRow = (place: number, { vague }: Matching, call: MatchedCall | undefined): number =>
  vague.has(place) ? 1 : (call?.quantity ?? 1);

const isAnyUnitGuessed = (
  rows: { quantity: number | null }[],
  { vague }: Matching,
  callOf: Map<number, MatchedCall>,
): boolean =>
  rows.some(
    ({ quantity }, place) =>
      quantity === null && (callOf.get(place)?.quantity === undefined || vague.has(place)),
  );

/** Gives each reservation the call that made it, and the facts that its row leaves out: see `attributeOrders`. */
export function attributeReservations(evidence: Evidence) {
  const rows = evidence.ledger?.reservations ?? [];
  const isShared = createSharedTest(evidence);
  const none = { reservations: rows, strange: new Set<string>(), open: new Set<Operation>() };
  const haveRow: ReadonlySet<Operation> = new Set();
  const certain = { likely: new Set<string>(), vague: new Set<string>(), isOfBuys: false };
  const nameOf = new Map<string, string>();
  if (rows.length === 0)
    return { ...none, ...certain, haveRow, nameOf, isUnitGuessed: false, knowsBuyers: true };
  const takers = findReservationTakers(evidence, holdsTold(evidence));
  const leftBehind = refusedHalfWay(evidence);
  const { calls } = findWishes(evidence);
  const hasReserved = createReservedTest(calls);
  // The row of what was reserved and sold is sold. Refused calls and other days may have left others of the same buyer.
  const sellsReserved = calls.some((call) => hasReserved(call, call.hold));
  const callIdOf = ({ callId }: LedgerReservation): string | null =>
    callId !== null && leftBehind.has(callId) ? null : callId;
  const matching = matchRows(
    rows.map((row) => ({
      ...{ id: isShared(row.reservationId) ? null : row.reservationId, hold: null },
      ...{ buyer: row.userId, sku: row.skuId },
      isHoldGuessed: false,
      ...{ quantity: row.quantity, callIds: [callIdOf(row) ?? []].flat() },
      rank: sellsReserved && !isUp(row) ? 1 : 0,
      stands: isUp(row),
      ...doubtsAbout(row, evidence),
    })),
    takers,
    buyersOf(evidence),
  );
  const callOf = callsOfRows(matching, takers);
  const strange = new Set<string>();
  const likely = new Set<string>();
  const vague = new Set<string>();
  const reservations = rows.map((row, place): LedgerReservation => {
    const call = callOf.get(place);
    const isNamed = matching.knowsIds && !isShared(row.reservationId);
    const told = isNamed ? undefined : call?.id;
    const id = told ?? row.reservationId ?? `reservation ${place + 1}`;
    if (call === undefined) strange.add(id);
    if (matching.likely.has(place)) likely.add(id);
    // A row with a name that no answer tells may be of a call that was given another one.
    const isPassedOver = !isNamed && matching.passedOver.has(place);
    if (matching.vague.has(place) || isPassedOver || isShared(row.reservationId)) vague.add(id);
    if (row.reservationId !== null && row.reservationId !== id) nameOf.set(row.reservationId, id);
    return {
      ...copyOfRow(row),
      reservationId: id,
      userId: buyerOfRow(row, place, matching, call),
      quantity: row.quantity ?? unitsOfRow(place, matching, call),
      callId: matching.callIds[place] ?? call?.operation.callId ?? row.callId,
    };
  });
  const isUnitGuessed = isAnyUnitGuessed(rows, matching, callOf);
  const isOfBuys = [...callOf.values()].some(
    ({ operation: { kind } }) => kind !== 'reserve' && kind !== 'confirm',
  );
  return {
    ...{ reservations, strange, likely, vague, nameOf, isUnitGuessed, isOfBuys },
    haveRow: new Set(matching.rowOf.keys()),
    ...settled(matching),
  };
}

/** True for a hold that is there or sold. */
const isUp = ({ status }: LedgerReservation): boolean =>
  status === 'RESERVED' || status === 'CONFIRMED';

/** The calls that may have been refused after they had taken units: another call of their buyer may have bought these. */
const refusedHalfWay = ({ operations }: Evidence): Set<string | undefined> =>
  new Set(
    operations
      .filter(({ kind, outcome }) => outcome === 'fail' && (kind === 'register' || kind === 'buy'))
      .map(({ callId }) => callId),
  );

/** Tells if a row may be none of the run's. */
const doubtsAbout = ({ skuId }: LedgerOrder | LedgerReservation, { sale }: Evidence) => ({
  mayBeOfOthers: mayBeOfOthers(skuId, sale),
  mayBeOlder: mayHaveOlderRows(skuId, sale),
});

/** The findings of a matching that checks need. */
const settled = ({ open, knowsBuyers, knowsIds }: Matching) => ({ open, knowsBuyers, knowsIds });

function callsOfRows({ rowOf }: Matching, calls: MatchedCall[]): Map<number, MatchedCall> {
  const callOf = new Map<number, MatchedCall>();
  for (const call of calls) {
    const place = rowOf.get(call.operation);
    if (place !== undefined) callOf.set(place, call);
  }
  return callOf;
}
