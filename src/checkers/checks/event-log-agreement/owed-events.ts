import { groupBy } from '../../../kernel/group-by.ts';
import { TOPICS } from '../../../protocol/events.ts';
import type { LedgerAttempt, LedgerTicket, MovementKind } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import type { MovementRow, OrderRow } from '../../reading/rows.ts';

/** The events of one topic and one SKU that a server owes for the rows of its ledger. */
export interface OwedEvents {
  /** The type of the event that a movement causes; undefined if it causes none. */
  ofMovement(movement: MovementRow): string | undefined;
  /** The type of the event that a movement may cause. */
  allowedOfMovement(movement: MovementRow): string | undefined;
  /**
   * Types whose events need no movement behind them. Only their number can be compared, because a delivery does not name
   * the order, the attempt or the ticket.
   */
  counted: CountedType[];
  /** All movements of the SKU, ascending by sequence. */
  movements: readonly MovementRow[];
  /** How many events movements cause, in all and of each type. */
  caused: number;
  causedByType: ReadonlyMap<string, number>;
}

export interface CountedType {
  type: string;
  /** Singular noun: `cancelled order`. */
  row: string;
  /** The fewest and the most events that a group must have handled. */
  least: number;
  most: number;
}

/** The event of each topic that is written with a movement. */
const OF_MOVEMENT: Record<string, Partial<Record<MovementKind, string>>> = {
  [TOPICS.inventory]: {
    RESERVED: 'RESERVED',
    SOLD: 'SOLD',
    RELEASED: 'RELEASED',
    EXPIRED: 'RELEASED',
    RETURNED: 'RELEASED',
  },
  [TOPICS.reservations]: {
    RESERVED: 'CREATED',
    SOLD: 'CONFIRMED',
    RELEASED: 'CANCELLED',
    EXPIRED: 'EXPIRED',
    RETURNED: 'CANCELLED',
  },
  [TOPICS.orders]: { SOLD: 'ORDER_CREATED', RETURNED: 'ORDER_CANCELLED' },
  [TOPICS.attempts]: {},
  [TOPICS.tickets]: {},
};

/** True for a topic whose events can be compared with a ledger. */
export const isKnownTopic = (topic: string): boolean => topic in OF_MOVEMENT;

/** Creates the search for the events that are owed for a SKU in a topic, which must be a known one. */
export function owedIn(
  topic: string,
  ledger: LedgerIndex,
  { sale }: Evidence,
): (skuId: string) => OwedEvents {
  const ofKind = OF_MOVEMENT[topic] ?? {};
  const has = (kind: CountedKind): boolean => sale.evidence.ledger.includes(kind);
  const ofTopic = <Row extends { skuId: string }>(of: string, rows: Row[]): Map<string, Row[]> =>
    topic === of ? groupBy(rows, ({ skuId }) => skuId) : new Map();
  const attemptsBySku = ofTopic(TOPICS.attempts, ledger.attempts);
  const ticketsBySku = ofTopic(TOPICS.tickets, ledger.tickets);
  const countedOf = (
    orders: OrderRow[],
    tried: LedgerAttempt[],
    tickets: LedgerTicket[],
  ): CountedType[] => {
    if (topic === TOPICS.attempts) {
      return [{ type: 'ATTEMPTED', row: 'attempt', ...bounds(tried.length, has('attempt')) }];
    }
    if (topic === TOPICS.tickets) return countedTickets(tickets, ledger, has);
    return topic === TOPICS.orders ? countedOrders(orders, ledger, has) : [];
  };
  // A cancellation of an order that was not paid yet gives back units that were only held.
  const releasesOrder = ({ kind, reservationId }: MovementRow): boolean =>
    topic === TOPICS.orders &&
    kind === 'RELEASED' &&
    (!has('order') || (ledger.ordersByReservation.get(reservationId) ?? []).some(isCancelled));
  const ofMovement = ({ kind }: MovementRow): string | undefined => ofKind[kind];
  const allowedOfMovement = (movement: MovementRow): string | undefined =>
    releasesOrder(movement) ? 'ORDER_CANCELLED' : ofKind[movement.kind];
  /** Shared by all SKUs without rows: of many SKUs, most may be never asked for. */
  const none: OwedEvents = {
    ...{ ofMovement, allowedOfMovement, counted: countedOf([], [], []) },
    ...{ movements: [], caused: 0, causedByType: new Map() },
  };
  return (skuId) => {
    const movements = ledger.movementsBySku.get(skuId) ?? none.movements;
    const orders = ledger.ordersBySku.get(skuId) ?? [];
    const tried = attemptsBySku.get(skuId) ?? [];
    const tickets = ticketsBySku.get(skuId) ?? [];
    if ([movements, orders, tried, tickets].every(({ length }) => length === 0)) return none;
    const causedByType = countTypes(movements, ofKind);
    let caused = 0;
    for (const events of causedByType.values()) caused += events;
    const counted = countedOf(orders, tried, tickets);
    return { ofMovement, allowedOfMovement, counted, movements, caused, causedByType };
  };
}

/** The kinds of rows by which events are counted. */
type CountedKind = 'order' | 'voucher' | 'attempt' | 'ticket';

/** Counts the events that movements cause, by their types. */
function countTypes(
  movements: readonly MovementRow[],
  ofKind: Partial<Record<MovementKind, string>>,
): Map<string, number> {
  const causedByType = new Map<string, number>();
  for (const { kind } of movements) {
    const type = ofKind[kind];
    if (type !== undefined) causedByType.set(type, (causedByType.get(type) ?? 0) + 1);
  }
  return causedByType;
}

const isCancelled = ({ status }: OrderRow): boolean => status === 'CANCELLED';

/** The bounds of a number of events; without bounds where the ledger has no such rows at all. */
const bounds = (rows: number, isKnown: boolean): Pick<CountedType, 'least' | 'most'> =>
  isKnown ? { least: rows, most: rows } : { least: 0, most: Number.POSITIVE_INFINITY };

function countedOrders(
  orders: OrderRow[],
  { vouchersByOrder }: LedgerIndex,
  has: (kind: CountedKind) => boolean,
): CountedType[] {
  const cancelled = bounds(orders.filter(isCancelled).length, has('order'));
  // An order that issues a voucher is fulfilled with its sale, and no event of its own tells of that.
  const fulfilled = bounds(
    orders.filter(({ status, orderId }) => status === 'FULFILLED' && !vouchersByOrder.has(orderId))
      .length,
    has('order'),
  );
  return [
    { type: 'ORDER_CANCELLED', row: 'cancelled order', ...cancelled },
    {
      ...{ type: 'ORDER_FULFILLED', row: 'fulfilled order', most: fulfilled.most },
      least: has('voucher') ? fulfilled.least : 0,
    },
  ];
}

/** All tickets of an order are bought by one event, and cancelled by one. Each is let in by an event of its own. */
function countedTickets(
  tickets: LedgerTicket[],
  { orderById, knows }: LedgerIndex,
  has: (kind: CountedKind) => boolean,
): CountedType[] {
  const orderIds = [...new Set(tickets.map(({ orderId }) => orderId ?? ''))];
  const cancelled = orderIds.filter((id) => orderById.get(id)?.status === 'CANCELLED').length;
  const letIn = tickets.filter(({ checkedInAt }) => checkedInAt !== null).length;
  const hasOrders = has('ticket') && knows('ticket', 'orderId');
  return [
    { type: 'ticket.purchased', row: 'ticket order', ...bounds(orderIds.length, hasOrders) },
    {
      ...{ type: 'ticket.cancelled', row: 'cancelled ticket order' },
      ...bounds(cancelled, hasOrders && has('order')),
    },
    { type: 'ticket.checked-in', row: 'checked-in ticket', ...bounds(letIn, has('ticket')) },
  ];
}
