import { copyOf, type Operation } from '../../history/operation.ts';
import { memoized } from '../../kernel/memo.ts';
import type { LedgerOrder, LedgerReservation } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { isMade, isStanding } from './ledger-index.ts';
import { type MatchedCall, type Matching, matchRows } from './matching.ts';
import { findWishes } from './wishes.ts';

/**
 * The evidence of a shop whose rows do not name the calls that made them, with the facts filled in that follow from the
 * calls: see `matchRows`. Where a shop takes and sells units in one call, each order also stands for a hold, so that checks
 * of holds read it. Evidence of a target that stores ids of calls and holds is returned as it is.
 */
export const attribute = memoized((evidence: Evidence): Evidence => {
  const { ledger } = evidence;
  if (ledger === undefined || !isForeign(evidence)) return evidence;
  const promised = new Set(evidence.sale.evidence.ledger);
  if (!promised.has('order') && !promised.has('reservation')) return evidence;
  const named = withCallIds(evidence);
  const reserved = attributeReservations(named);
  const ordered = attributeOrders(named);
  const madeOfOrders = holdsOfOrders(ordered.orders, named);
  const idsOfMade = new Set(madeOfOrders.map(({ reservationId }) => reservationId as string));
  const keepsHolds = promised.has('reservation') || (promised.has('order') && sellsAtOnce(named));
  return {
    ...named,
    sale: {
      ...named.sale,
      evidence: {
        ...named.sale.evidence,
        ledger: [
          ...promised,
          ...(keepsHolds && !promised.has('reservation') ? ['reservation' as const] : []),
        ],
      },
    },
    ledger: {
      ...ledger,
      orders: ordered.orders,
      reservations: [...reserved.reservations, ...madeOfOrders],
    },
    attribution: {
      open: callIdsOfAll([...reserved.open, ...ordered.open], named),
      strangeOrders: ordered.strange,
      // A reservation with a row of its own was matched itself: a refused call may have left the order that names it.
      strangeReservations: new Set([
        ...reserved.strange,
        ...ordered.orders.flatMap(({ orderId, reservationId }) =>
          ordered.strange.has(orderId as string) && idsOfMade.has(reservationId as string)
            ? (reservationId as string)
            : [],
        ),
      ]),
      madeOfOrders: idsOfMade,
      guessedUnits: new Set([
        ...(ordered.isUnitGuessed ? ['order' as const] : []),
        ...(reserved.isUnitGuessed ? ['reservation' as const] : []),
      ]),
      knowsBuyers: reserved.knowsBuyers && (ordered.orders.length === 0 || ordered.knowsBuyers),
    },
  };
});

function callIdsOfAll(calls: Operation[], evidence: Evidence): Set<string> {
  const { callIdsOf } = findWishes(evidence);
  return new Set(calls.flatMap(callIdsOf));
}

/** True for the books of a shop that may not name calls and holds in its rows. */
function isForeign({ sale, operations, ledger }: Evidence): boolean {
  if (sale.shop !== undefined) return true;
  const lacks = ({ userId, quantity }: LedgerOrder | LedgerReservation): boolean =>
    userId === null || quantity === null;
  return (
    ledger?.orders.some(
      (row) => row.orderId === null || row.reservationId === null || lacks(row),
    ) === true ||
    ledger?.reservations.some((row) => row.reservationId === null || lacks(row)) === true ||
    operations.some(({ kind }) => kind === 'buy')
  );
}

/** Names the calls that have no id, so that rows can name them. */
function withCallIds(evidence: Evidence): Evidence {
  if (evidence.operations.every(({ callId }) => callId !== undefined)) return evidence;
  const operations = evidence.operations.map((call) =>
    call.callId === undefined ? { ...copyOf(call), callId: `call ${call.id}` } : call,
  );
  return { ...evidence, operations };
}

/** True when every sale of the run took and sold its units in one call. */
const sellsAtOnce = ({ operations }: Evidence): boolean =>
  !operations.some(({ kind }) => kind === 'reserve' || kind === 'confirm');

const SELLS: ReadonlySet<Operation['kind']> = new Set(['buy', 'confirm', 'register', 'attempt']);

/** The hold of each id that an answer tells, for calls that name no SKU, buyer or quantity of their own. */
function holdsTold({ operations }: Evidence): Map<string, Operation> {
  const holds = new Map<string, Operation>();
  for (const call of operations) {
    if (call.kind === 'reserve' && call.hold !== undefined) holds.set(call.hold, call);
  }
  return holds;
}

function attributeOrders(evidence: Evidence) {
  const rows = evidence.ledger?.orders ?? [];
  const { calls, callIdsOf } = findWishes(evidence);
  const told = holdsTold(evidence);
  const sellers = calls
    .filter(({ kind, outcome }) => SELLS.has(kind) && outcome !== 'fail')
    .map((operation): MatchedCall => {
      const { kind, hold, newHold, order, buyer, sku, quantity } = operation;
      const reserve = kind === 'confirm' ? told.get(hold ?? '') : operation;
      return {
        operation,
        callIds: callIdsOf(operation),
        id: order,
        hold: newHold ?? hold,
        buyer: buyer ?? reserve?.buyer,
        sku: sku ?? reserve?.sku,
        quantity: kind === 'confirm' ? reserve?.quantity : quantity,
      };
    });
  // An attempt may come to nothing, so any other call is given a row first.
  sellers.sort(
    (a, b) => Number(a.operation.kind === 'attempt') - Number(b.operation.kind === 'attempt'),
  );
  const matching = matchRows(
    rows.map((row) => ({
      id: row.orderId,
      hold: row.reservationId,
      buyer: row.userId,
      sku: row.skuId,
      quantity: row.quantity,
      callIds: row.callId === null ? [] : [row.callId],
      rank: isStanding(row) ? 0 : isMade(row) ? 1 : 2,
    })),
    sellers,
  );
  const callOf = callsOfRows(matching, sellers);
  const strange = new Set<string>();
  const orders = rows.map((row, place): LedgerOrder => {
    const call = callOf.get(place);
    const orderId = matching.knowsIds || call?.id === undefined ? row.orderId : call.id;
    const id = orderId ?? `order ${place + 1}`;
    if (call === undefined) strange.add(id);
    return {
      ...row,
      orderId: id,
      reservationId: row.reservationId ?? call?.hold ?? `of ${id}`,
      userId: matching.knowsBuyers ? row.userId : (call?.buyer ?? null),
      quantity: row.quantity ?? call?.quantity ?? 1,
      callId: row.callId ?? call?.operation.callId ?? null,
    };
  });
  const isUnitGuessed = rows.some(
    ({ quantity }, place) => quantity === null && callOf.get(place)?.quantity === undefined,
  );
  return { orders, strange, isUnitGuessed, ...settled(matching) };
}

function attributeReservations(evidence: Evidence) {
  const rows = evidence.ledger?.reservations ?? [];
  const none = { reservations: rows, strange: new Set<string>(), open: new Set<Operation>() };
  if (rows.length === 0) return { ...none, isUnitGuessed: false, knowsBuyers: true };
  const { calls, callIdsOf } = findWishes(evidence);
  const takers = calls
    .filter(
      ({ kind, outcome }) =>
        kind !== 'confirm' && outcome !== 'fail' && (kind === 'reserve' || SELLS.has(kind)),
    )
    .map(
      (operation): MatchedCall => ({
        ...{ operation, callIds: callIdsOf(operation), id: operation.hold, hold: undefined },
        ...{ buyer: operation.buyer, sku: operation.sku, quantity: operation.quantity },
      }),
    );
  const matching = matchRows(
    rows.map((row) => ({
      ...{ id: row.reservationId, hold: null, buyer: row.userId, sku: row.skuId },
      ...{ quantity: row.quantity, callIds: row.callId === null ? [] : [row.callId], rank: 0 },
    })),
    takers,
  );
  const callOf = callsOfRows(matching, takers);
  const strange = new Set<string>();
  const reservations = rows.map((row, place): LedgerReservation => {
    const call = callOf.get(place);
    const told = matching.knowsIds ? undefined : call?.id;
    const id = told ?? row.reservationId ?? `reservation ${place + 1}`;
    if (call === undefined) strange.add(id);
    return {
      ...row,
      reservationId: id,
      userId: matching.knowsBuyers ? row.userId : (call?.buyer ?? null),
      quantity: row.quantity ?? call?.quantity ?? 1,
      callId: row.callId ?? call?.operation.callId ?? null,
    };
  });
  const isUnitGuessed = rows.some(
    ({ quantity }, place) => quantity === null && callOf.get(place) === undefined,
  );
  return { reservations, strange, isUnitGuessed, ...settled(matching) };
}

/** The findings of a matching that checks need. */
const settled = ({ open, knowsBuyers }: Matching) => ({ open, knowsBuyers });

function callsOfRows({ rowOf }: Matching, calls: MatchedCall[]): Map<number, MatchedCall> {
  const callOf = new Map<number, MatchedCall>();
  for (const call of calls) {
    const place = rowOf.get(call.operation);
    if (place !== undefined) callOf.set(place, call);
  }
  return callOf;
}

/** The holds that orders stand for, where the books have no row of them. */
function holdsOfOrders(orders: LedgerOrder[], evidence: Evidence): LedgerReservation[] {
  const { ledger, sale } = evidence;
  const isWholeSale = sellsAtOnce(evidence);
  const keeps = sale.evidence.ledger.includes('reservation');
  if (!isWholeSale && !keeps) return [];
  const known = new Set(ledger?.reservations.map(({ reservationId }) => reservationId));
  const before = ledger?.orders ?? [];
  return orders.flatMap((order, place): LedgerReservation[] => {
    const { reservationId, userId, skuId, quantity, callId, createdAt } = order;
    if (known.has(reservationId) || (keeps && before[place]?.reservationId !== null)) return [];
    return [
      {
        ...{ row: 'reservation', reservationId, userId, skuId, quantity, callId, createdAt },
        ...{ status: STATUS_OF_HOLD[order.status], lapsed: false, expiresAt: null },
      },
    ];
  });
}

/** An order that is not paid holds its units, for all that its row tells, or not. */
const STATUS_OF_HOLD: Record<LedgerOrder['status'], LedgerReservation['status']> = {
  CONFIRMED: 'CONFIRMED',
  FULFILLED: 'CONFIRMED',
  CANCELLED: 'CANCELLED',
  FAILED: 'EXPIRED',
  PENDING: null,
};
