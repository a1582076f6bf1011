import type { FinalLedger } from '../../history/ledger-snapshot.ts';
import { copyOf, type Operation } from '../../history/operation.ts';
import { copyOfRow } from '../../history/row-in-columns.ts';
import { memoized } from '../../kernel/memo.ts';
import type {
  LedgerEntry,
  LedgerOrder,
  LedgerPayment,
  LedgerReservation,
  LedgerVoucher,
} from '../../protocol/ledger.ts';
import type { Attribution, Evidence } from '../evidence.ts';
import { attributeOrders, attributeReservations } from './attributed-rows.ts';
import { deletesHolds } from './deleted-holds.ts';
import { tellNamesakesApart } from './namesakes.ts';
import { mayBeOfOthers } from './other-people.ts';
import { withUndoneSales } from './undone-sales.ts';
import { findWishes } from './wishes.ts';

/**
 * The evidence of a shop whose rows do not name the calls that made them, with the facts filled in that follow from the
 * calls: see `matchRows`. Where a shop takes and sells units in one call, each order also stands for a hold, so that checks
 * of holds read it. Things that had one name have names of their own: see `tellNamesakesApart`. Evidence of a target that
 * stores ids of calls and holds is returned as it is.
 */
export const attribute = memoized((recorded: Evidence): Evidence => {
  const evidence = tellNamesakesApart(withLiveHoldsAside(recorded));
  const { ledger, sharedNames } = evidence;
  if (ledger === undefined || !isForeign(evidence)) return evidence;
  const promised = new Set(evidence.sale.evidence.ledger);
  if (!promised.has('order') && !promised.has('reservation')) return evidence;
  const named = withCallIds(evidence);
  const reserved = attributeReservations(named);
  const ordered = attributeOrders(withHolds(named, reserved), reserved.vague);
  for (const id of secondHolds(reserved, ordered, named)) reserved.strange.delete(id);
  const madeOfOrders = holdsOfOrders(ordered, reserved, named);
  /** The ids of the holds that some orders are for. */
  const holdsOf = (orderIds: ReadonlySet<string>): string[] =>
    ordered.orders
      .filter(({ orderId }) => orderIds.has(orderId as string))
      .map(({ reservationId }) => reservationId as string);
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
      ...ofOrders(ledger, ordered),
      orders: ordered.orders,
      reservations: [
        ...withUndoneSales(
          reserved.reservations,
          findWishes(named).calls,
          promised.has('order') ? ordered.orders : undefined,
        ),
        ...madeOfOrders,
      ],
    },
    attribution: {
      open: callIdsOfAll([...reserved.open, ...ordered.open], named),
      strangeOrders: ordered.strange,
      // A reservation with a row of its own was matched itself: a refused call may have left the order that names it.
      strangeReservations: new Set([
        ...reserved.strange,
        ...holdsOf(ordered.strange).filter((id) => idsOfMade.has(id)),
      ]),
      madeOfOrders: idsOfMade,
      keepsHolds: promised.has('reservation'),
      likely: new Set([...ordered.likely, ...holdsOf(ordered.likely), ...reserved.likely]),
      vague: new Set([
        ...[...ordered.vague, ...holdsOf(ordered.vague), ...reserved.vague],
        ...(sharedNames ?? []),
      ]),
      overwritten: kindsOverwritten(evidence),
      namesOrders: ordered.knowsIds,
      knowsOrderIds: ledger.orders.every(
        ({ orderId }) => orderId !== null && !sharedNames?.has(orderId),
      ),
      namesCalls: [...ledger.orders, ...ledger.reservations].every(({ callId }) => callId !== null),
      guessedUnits: new Set([
        ...(ordered.isUnitGuessed ? ['order' as const] : []),
        ...(reserved.isUnitGuessed ? ['reservation' as const] : []),
      ]),
      knowsBuyers: reserved.knowsBuyers && (ordered.orders.length === 0 || ordered.knowsBuyers),
    },
  };
});

/** The evidence with the rows of reservations set aside, if the shop keeps only those of holds that are not over. */
function withLiveHoldsAside(evidence: Evidence): Evidence {
  if (!deletesHolds(evidence)) return evidence;
  const { sale, ledger } = evidence;
  const kinds = sale.evidence.ledger.filter((kind) => kind !== 'reservation');
  return {
    ...evidence,
    sale: { ...sale, evidence: { ...sale.evidence, ledger: kinds } },
    ledger: ledger && { ...ledger, reservations: [] },
    liveHolds: ledger?.reservations,
  };
}

/** The kinds of rows whose names were given several times. A shop may have one row for each name. */
function kindsOverwritten({ operations, sharedNames }: Evidence): Attribution['overwritten'] {
  if (sharedNames === undefined) return new Set();
  const isShared = (field: 'hold' | 'order'): boolean =>
    operations.some((call) => sharedNames.has(call[field] ?? ''));
  return new Set([
    ...(isShared('hold') ? ['reservation' as const] : []),
    ...(isShared('order') ? ['order' as const] : []),
  ]);
}

/**
 * The reservations that checkouts made: one whose payment comes after its hold has lapsed may take the units again. They are
 * those that an order of a call is for, that a checkout names, or that fit a checkout whose own hold was not sold.
 */
function secondHolds(
  { strange, vague, reservations, haveRow }: ReturnType<typeof attributeReservations>,
  { orders, strange: strangeOrders }: ReturnType<typeof attributeOrders>,
  evidence: Evidence,
): string[] {
  if (strange.size === 0) return [];
  const checkouts = findWishes(evidence).calls.filter(
    (call) => call.kind === 'confirm' && call.outcome !== 'fail' && !haveRow.has(call),
  );
  const named = new Set<string | null | undefined>();
  for (const { orderId, reservationId } of orders) {
    if (!strangeOrders.has(orderId ?? '')) named.add(reservationId);
  }
  for (const { callId, newHold } of checkouts) named.add(callId).add(newHold);
  named.delete(null);
  named.delete(undefined);
  const statusOf = new Map(reservations.map((row) => [row.reservationId, row.status]));
  const mayBeVague = ({ hold = '' }: Operation): boolean => vague.has(hold);
  const unsold = [
    ...checkouts.filter(
      (call) => !mayBeVague(call) && statusOf.get(call.hold ?? '') !== 'CONFIRMED',
    ),
    // Each leaves a row of its lapsed hold, whichever that is.
    ...checkouts.filter(mayBeVague).slice(0, reservations.filter(mayBeOver).length),
  ];
  const isSecond = ({ reservationId, callId, userId, skuId }: LedgerReservation): boolean => {
    if (mayBeOfOthers(skuId, evidence.sale)) return false;
    if (named.has(reservationId) || named.has(callId)) return true;
    const place = unsold.findIndex(({ buyer }) => userId === null || buyer === userId);
    if (place < 0 || callId !== null) return false;
    unsold.splice(place, 1);
    return true;
  };
  return reservations.filter(isSecond).map(({ reservationId }) => reservationId as string);
}

/** True for a hold that has lapsed, for all that its row tells. */
const mayBeOver = ({ status, lapsed }: LedgerReservation): boolean =>
  status === null || status === 'EXPIRED' || (status === 'RESERVED' && lapsed !== false);

/** The reservations, and the orders for them, with the names that these were given. */
function withHolds(
  evidence: Evidence,
  { nameOf, reservations }: ReturnType<typeof attributeReservations>,
): Evidence {
  const { ledger } = evidence;
  if (ledger === undefined || nameOf.size === 0) return evidence;
  const orders = ledger.orders.map((row) => ({
    ...copyOfRow(row),
    reservationId: nameOf.get(row.reservationId ?? '') ?? row.reservationId,
  }));
  return { ...evidence, ledger: { ...ledger, orders, reservations } };
}

/** The rows that name orders, with the names that these were given, and without buyers of another kind. */
function ofOrders(
  { payments, vouchers, attempts }: FinalLedger,
  { nameOf, knowsBuyers, orders }: ReturnType<typeof attributeOrders>,
) {
  const isForeign = !knowsBuyers && orders.length > 0;
  if (nameOf.size === 0 && !isForeign) return {};
  const named = <Row extends LedgerEntry & { orderId: string | null }>(row: Row): Row => ({
    ...copyOfRow(row),
    orderId: nameOf.get(row.orderId ?? '') ?? row.orderId,
  });
  const owned = <Row extends LedgerPayment | LedgerVoucher>(row: Row): Row =>
    isForeign ? { ...named(row), userId: null } : named(row);
  return {
    payments: payments.map(owned),
    vouchers: vouchers.map(owned),
    attempts: attempts.map(named),
  };
}

function callIdsOfAll(calls: Operation[], evidence: Evidence): Set<string> {
  const { callIdsOf } = findWishes(evidence);
  return new Set(calls.flatMap(callIdsOf));
}

/** True for the books of a shop that may not name calls and holds in its rows. */
function isForeign({ sale, operations, ledger }: Evidence): boolean {
  if (sale.shop !== undefined) return true;
  // Our own server sells tickets in one call, and its rows name everything.
  const tickets = new Set(
    sale.skus.filter(({ soldBy }) => soldBy === 'tickets').map(({ skuId }) => skuId),
  );
  const lacks = ({ userId, quantity }: LedgerOrder | LedgerReservation): boolean =>
    userId === null || quantity === null;
  return (
    ledger?.orders.some(
      (row) => row.orderId === null || row.reservationId === null || lacks(row),
    ) === true ||
    ledger?.reservations.some((row) => row.reservationId === null || lacks(row)) === true ||
    operations.some(({ kind, sku = '' }) => kind === 'buy' && !tickets.has(sku))
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

/**
 * The holds that orders stand for, where the books have no row of them: in a shop without rows of reservations that takes
 * and sells in one call, and in one where only buyers who reserve first leave such rows.
 */
function holdsOfOrders(
  { orders, callOf }: ReturnType<typeof attributeOrders>,
  reserved: ReturnType<typeof attributeReservations>,
  evidence: Evidence,
): LedgerReservation[] {
  const keeps = evidence.sale.evidence.ledger.includes('reservation');
  const mayBeThere = reserved.isOfBuys || reserved.strange.size + reserved.open.size > 0;
  if (keeps ? mayBeThere : !sellsAtOnce(evidence)) return [];
  const known = new Set(reserved.reservations.map(({ reservationId }) => reservationId));
  return orders.flatMap((order, place): LedgerReservation[] => {
    const { reservationId, userId, skuId, quantity, callId, createdAt } = order;
    const kind = callOf.get(place)?.operation.kind ?? 'confirm';
    if (known.has(reservationId) || (keeps && kind === 'confirm')) return [];
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
