import { groupBy } from '../../../kernel/group-by.ts';
import { TOPICS } from '../../../protocol/events.ts';
import type { MovementKind } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { FirstPlaces } from '../../reading/first-places.ts';
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
   * the order or the attempt.
   */
  counted: CountedType[];
  /** All movements of the SKU. */
  movements: MovementRow[];
  /** The places of the movements that cause an event, ascending. */
  causing: number[];
  /** How many events of each type movements cause. */
  causedByType: Map<string, number>;
  /** The place of the first movement with a number; undefined if there is none. */
  placeOf(sequence: number): number | undefined;
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
};

/** True for a topic whose events can be compared with a ledger. */
export const isKnownTopic = (topic: string): boolean => topic in OF_MOVEMENT;

/** The events that are owed for a SKU in a topic, which must be a known one. */
export type OwedOf = (topic: string, skuId: string) => OwedEvents;

/** Creates the search for the events that are owed. Each answer is kept: it is the same for every group. */
export function createOwedOf(ledger: LedgerIndex, evidence: Evidence): OwedOf {
  const byTopic = new Map<string, (skuId: string) => OwedEvents>();
  const known = new Map<string, Map<string, OwedEvents>>();
  return (topic, skuId) => {
    const ofTopic = known.get(topic) ?? new Map<string, OwedEvents>();
    known.set(topic, ofTopic);
    const owed = ofTopic.get(skuId);
    if (owed !== undefined) return owed;
    const find = byTopic.get(topic) ?? owedIn(topic, ledger, evidence);
    byTopic.set(topic, find);
    const found = find(skuId);
    ofTopic.set(skuId, found);
    return found;
  };
}

function owedIn(
  topic: string,
  ledger: LedgerIndex,
  { sale }: Evidence,
): (skuId: string) => OwedEvents {
  const ofKind = OF_MOVEMENT[topic] ?? {};
  const has = (kind: 'order' | 'voucher' | 'attempt'): boolean =>
    sale.evidence.ledger.includes(kind);
  const attempts = groupBy(ledger.attempts, ({ skuId }) => skuId);
  const countedOf = (skuId: string): CountedType[] => {
    if (topic === TOPICS.attempts) {
      const accepted = attempts.get(skuId)?.length ?? 0;
      return [{ type: 'ATTEMPTED', row: 'attempt', ...bounds(accepted, has('attempt')) }];
    }
    if (topic !== TOPICS.orders) return [];
    return countedOrders(ledger.ordersBySku.get(skuId) ?? [], ledger, has);
  };
  // A cancellation of an order that was not paid yet gives back units that were only held.
  const releasesOrder = ({ kind, reservationId }: MovementRow): boolean =>
    topic === TOPICS.orders &&
    kind === 'RELEASED' &&
    (!has('order') || (ledger.ordersByReservation.get(reservationId) ?? []).some(isCancelled));
  return (skuId) => {
    const movements = ledger.movementsBySku.get(skuId) ?? [];
    return {
      ofMovement: ({ kind }) => ofKind[kind],
      allowedOfMovement: (movement) =>
        releasesOrder(movement) ? 'ORDER_CANCELLED' : ofKind[movement.kind],
      counted: countedOf(skuId),
      movements,
      ...causedBy(movements, ofKind),
    };
  };
}

/** Finds the movements that cause events, and the place of each number. */
function causedBy(
  movements: MovementRow[],
  ofKind: Partial<Record<MovementKind, string>>,
): Pick<OwedEvents, 'causing' | 'causedByType' | 'placeOf'> {
  const places = new FirstPlaces(movements.length);
  const causing: number[] = [];
  const causedByType = new Map<string, number>();
  for (const [place, { sequence, kind }] of movements.entries()) {
    if (places.get(sequence) === undefined) places.set(sequence, place);
    const type = ofKind[kind];
    if (type === undefined) continue;
    causing.push(place);
    causedByType.set(type, (causedByType.get(type) ?? 0) + 1);
  }
  return { causing, causedByType, placeOf: (sequence) => places.get(sequence) };
}

const isCancelled = ({ status }: OrderRow): boolean => status === 'CANCELLED';

/** The bounds of a number of events; without bounds where the ledger has no such rows at all. */
const bounds = (rows: number, isKnown: boolean): Pick<CountedType, 'least' | 'most'> =>
  isKnown ? { least: rows, most: rows } : { least: 0, most: Number.POSITIVE_INFINITY };

function countedOrders(
  orders: OrderRow[],
  { vouchersByOrder }: LedgerIndex,
  has: (kind: 'order' | 'voucher') => boolean,
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
