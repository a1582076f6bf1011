import { type Operation, takesStock } from '../../history/operation.ts';
import { type TimeField, usOf } from '../../history/row-in-columns.ts';
import type { LedgerAttempt, LedgerTicket } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { eventfulCalls } from './eventful-calls.ts';
import { mayBeHalfWay } from './half-way.ts';
import { type LedgerIndex, ofBuyer } from './ledger-index.ts';
import type { MovementRow, OrderRow, VoucherRow } from './rows.ts';
import { findWishes, groupByKey } from './wishes.ts';

/** A row whose time must lie between two moments of the history's clock. */
export interface TimedRow {
  row: MovementRow | OrderRow | LedgerAttempt | VoucherRow | LedgerTicket;
  field: TimeField;
  /** The time that it has there in the ledger, in microseconds since the epoch. */
  writtenAtUs: number;
  /** Nanoseconds: the row's change had not begun before. `-Infinity` if nobody knows. */
  fromNs: number;
  /** Nanoseconds: the row's change was over by then. `Infinity` if nobody knows. */
  toNs: number;
  /** The call that caused the row, if known. */
  call: Operation | undefined;
}

/**
 * Visits every row of the ledger whose time the calls bound, in no order.
 *
 * The change of a call begins after the first call was made that may have caused it (calls that repeat a key are one), and
 * is over when the first of them is answered yes. Movements of workers and sweepers belong to no call; but a SKU's
 * movements are committed in the order of their numbers, so each was over when one with a higher number was answered,
 * and all of them when the ledger was read. Whoever made a row, it is stored by the id of a call that was made before. Vouchers and
 * tickets are issued after their order was placed, and before anybody is told that it is sold.
 */
export function visitTimedRows(
  ledger: LedgerIndex,
  evidence: Evidence,
  visit: (row: TimedRow) => void,
): void {
  const begunNs = firstCalls(evidence);
  const bounds = boundsOfCalls(ledger, evidence, begunNs);
  const storedUnder = callsOfRows(ledger, bounds, evidence);
  /** A row that is stored under the id of a call was not begun before that call, whoever made it. */
  const afterCall = (callId: string | null): Bound => {
    const call = callId === null ? undefined : storedUnder.get(callId);
    return call === undefined ? ANYTIME : { fromNs: begunNs(call), toNs: NEVER, call };
  };
  const holdMade = (id: string): Bound =>
    beginsKnown(bounds.RESERVED.get(id)) ??
    afterCall(ledger.reservationById.get(id)?.callId ?? null);
  const readNs = new Map(evidence.books?.map((reading) => [reading.skuId, reading.toNs]));
  const placed = (row: OrderRow): Bound => {
    const bound = bounds.orders.get(row) ?? ANYTIME;
    const { fromNs, call = bound.call } = beginsKnown(bound) ?? afterCall(row.callId);
    return { fromNs, toNs: Math.min(bound.toNs, readNs.get(row.skuId) ?? NEVER), call };
  };
  const issued = ({ orderId, skuId }: VoucherRow | LedgerTicket): Bound => {
    const order = ledger.orderById.get(orderId ?? '');
    if (order === undefined) return ANYTIME;
    const { fromNs, call } = placed(order);
    // A refused checkout may have placed the order, and its payment have come later.
    const toldNs = bounds.SOLD.get(order.reservationId)?.toNs ?? NEVER;
    return { fromNs, toNs: Math.min(toldNs, readNs.get(skuId) ?? NEVER), call };
  };
  for (const [skuId, movements] of ledger.movementsBySku) {
    let toNs = readNs.get(skuId) ?? NEVER;
    for (let place = movements.length - 1; place >= 0; place -= 1) {
      const row = movements[place] as MovementRow;
      const bound = bounds[row.kind]?.get(row.reservationId);
      toNs = Math.min(toNs, bound?.toNs ?? toNs);
      const { fromNs, call = bound?.call } = beginsKnown(bound) ?? holdMade(row.reservationId);
      visit({ row, field: 'at', writtenAtUs: usOf(row, 'at'), fromNs, toNs, call });
    }
  }
  for (const row of ledger.orders) {
    const bound = placed(row);
    if (bound.call === undefined) continue;
    visit({ row, field: 'createdAt', writtenAtUs: usOf(row, 'createdAt'), ...bound });
  }
  for (const row of [...ledger.vouchers, ...ledger.tickets]) {
    const writtenAtUs = usOf(row, 'issuedAt');
    const bound = issued(row);
    if (bound.call === undefined || Number.isNaN(writtenAtUs)) continue;
    visit({ row, field: 'issuedAt', writtenAtUs, ...bound });
  }
  for (const [row, bound] of bounds.attempts) {
    visit({ row, field: 'createdAt', writtenAtUs: usOf(row, 'createdAt'), ...bound });
  }
  for (const [row, bound] of bounds.vouchers) {
    if (row.usedAt === null) continue;
    visit({ row, field: 'usedAt', writtenAtUs: usOf(row, 'usedAt'), ...bound });
  }
  for (const [row, bound] of bounds.tickets) {
    if (row.checkedInAt === null) continue;
    visit({ row, field: 'checkedInAt', writtenAtUs: usOf(row, 'checkedInAt'), ...bound });
  }
}

const UNKNOWN = Number.NEGATIVE_INFINITY;

const NEVER = Number.POSITIVE_INFINITY;

type Bound = Pick<TimedRow, 'fromNs' | 'toNs' | 'call'>;

const ANYTIME: Bound = { fromNs: UNKNOWN, toNs: NEVER, call: undefined };

const beginsKnown = (bound: Bound | undefined): Bound | undefined =>
  bound !== undefined && bound.fromNs > UNKNOWN ? bound : undefined;

/** The calls by whose ids orders and reservations are stored that no answer dates. */
function callsOfRows(
  { orders, reservations }: LedgerIndex,
  bounds: Bounds,
  { operations, sale }: Evidence,
): Map<string, Operation> {
  const wanted = new Set<string | null | undefined>();
  for (const row of orders) if (!beginsKnown(bounds.orders.get(row))) wanted.add(row.callId);
  for (const { reservationId, callId } of reservations) {
    if (!beginsKnown(bounds.RESERVED.get(reservationId))) wanted.add(callId);
  }
  wanted.delete(null);
  const calls = new Map<string, Operation>();
  if (wanted.size === 0) return calls;
  for (const call of operations) {
    const { kind, outcome } = call;
    const mayHaveRow = takesStock(kind)
      ? outcome !== 'fail' || mayBeHalfWay(call, sale)
      : kind === 'confirm';
    if (mayHaveRow && wanted.has(call.callId)) calls.set(call.callId as string, call);
  }
  return calls;
}

interface Bounds {
  /** By the reservation. */
  RESERVED: Map<string, Bound>;
  SOLD: Map<string, Bound>;
  RELEASED: Map<string, Bound>;
  RETURNED: Map<string, Bound>;
  EXPIRED?: undefined;
  orders: Map<OrderRow, Bound>;
  attempts: Map<LedgerAttempt, Bound>;
  vouchers: Map<VoucherRow, Bound>;
  tickets: Map<LedgerTicket, Bound>;
}

function boundsOfCalls(
  ledger: LedgerIndex,
  evidence: Evidence,
  begunNs: (call: Operation) => number,
): Bounds {
  const bounds: Bounds = {
    RESERVED: new Map(),
    SOLD: new Map(),
    RELEASED: new Map(),
    RETURNED: new Map(),
    orders: new Map(),
    attempts: new Map(),
    vouchers: new Map(),
    tickets: new Map(),
  };
  for (const call of eventfulCalls(evidence.operations)) {
    if (call.outcome === 'ok') addBounds(call, begunNs(call), bounds, ledger, evidence);
    if (call.outcome !== 'fail') continue;
    // A checkout that was refused may have placed an order that nobody paid.
    const within = { fromNs: begunNs(call), toNs: call.completedAtNs, call };
    for (const order of ledger.ordersByCallId.get(call.callId ?? '') ?? []) {
      add(bounds.orders, order, within);
    }
  }
  return bounds;
}

function addBounds(
  call: Operation,
  begunNs: number,
  bounds: Bounds,
  ledger: LedgerIndex,
  evidence: Evidence,
): void {
  const { kind, hold, newHold, order: orderId, sku, buyer, completedAtNs: toNs } = call;
  const order = orderId === undefined ? undefined : ledger.orderById.get(orderId);
  const within: Bound = { fromNs: begunNs, toNs, call };
  /** A change that an earlier call of the buyer may have made. */
  const before: Bound = { fromNs: UNKNOWN, toNs, call };
  switch (kind) {
    case 'reserve':
      add(bounds.RESERVED, hold, within);
      break;
    case 'buy':
    case 'register':
      add(bounds.RESERVED, hold, before);
      add(bounds.SOLD, hold, isOwn(call, order, evidence) ? within : before);
      add(bounds.orders, order, isOwn(call, order, evidence) ? within : before);
      break;
    case 'confirm': {
      const own = isOwn(call, order, evidence) ? within : before;
      add(bounds.SOLD, newHold ?? hold, own);
      add(bounds.RESERVED, newHold, own);
      add(bounds.orders, order, own);
      break;
    }
    case 'release':
      add(bounds.RELEASED, hold, within);
      break;
    case 'cancel':
      add(bounds.RETURNED, order?.reservationId, within);
      break;
    case 'redeem':
      add(bounds.vouchers, ledger.voucherByCode.get(call.voucher ?? ''), within);
      break;
    case 'check-in':
      for (const callId of findWishes(evidence).callIdsOf(call)) {
        for (const row of ledger.letInBy.get(callId) ?? []) add(bounds.tickets, row, within);
      }
      break;
    case 'attempt': {
      const attempts = ledger.attemptsByBuyer.get(ofBuyer(sku, buyer)) ?? [];
      if (attempts.length === 1) add(bounds.attempts, attempts[0], within);
      break;
    }
  }
}

/** True unless the ledger shows that another call placed the order. */
const isOwn = (call: Operation, order: OrderRow | undefined, evidence: Evidence): boolean =>
  order === undefined ||
  order.callId === null ||
  findWishes(evidence).callIdsOf(call).includes(order.callId);

/** Keeps the widest beginning and the earliest end. */
function add<Key>(bounds: Map<Key, Bound>, key: Key | undefined, bound: Bound): void {
  if (key === undefined) return;
  const known = bounds.get(key);
  if (known === undefined) {
    bounds.set(key, bound);
    return;
  }
  bounds.set(key, {
    fromNs: Math.min(known.fromNs, bound.fromNs),
    toNs: Math.min(known.toNs, bound.toNs),
    call: known.call,
  });
}

/** Finds the moment at which the first call was made that may have had the effect of a call. */
function firstCalls(evidence: Evidence): (call: Operation) => number {
  const byKey = new Map<Operation, number>();
  for (const same of groupByKey(evidence.operations)) {
    if (same.length === 1) continue;
    for (const call of same) byKey.set(call, same[0].invokedAtNs);
  }
  const byObject = new Map<string, number>();
  for (const call of eventfulCalls(evidence.operations)) {
    const object = objectOf(call);
    if (object === undefined || byObject.has(object)) continue;
    byObject.set(object, call.invokedAtNs);
  }
  return (call) => {
    const object = objectOf(call);
    const ofObject = object === undefined ? undefined : byObject.get(object);
    return Math.min(call.invokedAtNs, byKey.get(call) ?? Infinity, ofObject ?? Infinity);
  };
}

/** The thing that several calls may be about, only one of which has an effect. */
function objectOf({
  kind,
  hold,
  order,
  voucher,
  ticket,
  sku,
  buyer,
}: Operation): string | undefined {
  switch (kind) {
    case 'release':
      return `release ${hold}`;
    case 'cancel':
      return `cancel ${order}`;
    case 'redeem':
      return `redeem ${voucher}`;
    case 'check-in':
      return `check-in ${ticket}`;
    case 'attempt':
      return `attempt ${ofBuyer(sku, buyer)}`;
    default:
      return undefined;
  }
}
