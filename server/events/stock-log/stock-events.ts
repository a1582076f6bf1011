import { groupBy } from '../../../src/kernel/group-by.ts';
import { type SaleEvent, type StockEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { MovementKind } from '../../../src/protocol/ledger.ts';
import type { DomainEvent } from '../event.ts';

/** A row of `stock_movements`. */
export interface Movement {
  skuId: string;
  sequence: number;
  kind: MovementKind;
  quantity: number;
  reservationId: string;
  /** Null in rows of earlier versions, which wrote the events of a movement to the outbox. */
  userId: string | null;
  /** Null for a hold that was not ordered. */
  orderId: string | null;
  createdAt: Date;
}

/** The topics with events of movements, each with the type of the event that a movement of a kind causes. */
const TYPES: Record<string, Partial<Record<MovementKind, string>>> = {
  [TOPICS.reservations]: {
    RESERVED: 'CREATED',
    SOLD: 'CONFIRMED',
    RELEASED: 'CANCELLED',
    EXPIRED: 'EXPIRED',
    RETURNED: 'CANCELLED',
  },
  [TOPICS.inventory]: {
    RESERVED: 'RESERVED',
    SOLD: 'SOLD',
    RELEASED: 'RELEASED',
    EXPIRED: 'RELEASED',
    RETURNED: 'RELEASED',
  },
  // Only of movements that have an order.
  [TOPICS.orders]: {
    SOLD: 'ORDER_CREATED',
    RELEASED: 'ORDER_CANCELLED',
    RETURNED: 'ORDER_CANCELLED',
  },
};

export const STOCK_TOPICS = Object.keys(TYPES);

/** The topics of a consumer that have events of movements. */
export const stockTopicsOf = ({ topics }: { topics: string[] }): string[] =>
  topics.filter((topic) => topic in TYPES);

/** The kinds of movements that cause an event in a topic, and if only those with an order do. */
export const CAUSES: { topic: string; kind: string; needsOrder: boolean }[] = Object.entries(
  TYPES,
).flatMap(([topic, types]) =>
  Object.keys(types).map((kind) => ({ topic, kind, needsOrder: topic === TOPICS.orders })),
);

/** The events of each kind of movement. */
const EVENTS_OF_KIND = groupBy(
  Object.entries(TYPES).flatMap(([topic, types]) =>
    Object.entries(types).map(([kind, type]) => ({ topic, kind, type })),
  ),
  ({ kind }) => kind,
);

/**
 * The event of a movement. Its id is put together when somebody asks for it: of the events of a crowd hardly anybody does, and
 * their ids would be half of the memory that they need.
 */
class MovementEvent implements DomainEvent {
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly payload: StockEvent | SaleEvent;
  readonly occurredAt: Date;

  constructor(topic: string, type: string, payload: StockEvent | SaleEvent, occurredAt: Date) {
    this.topic = topic;
    this.key = payload.skuId;
    this.type = type;
    this.payload = payload;
    this.occurredAt = occurredAt;
  }

  get eventId(): string {
    return `${this.topic}/${this.key}/${this.payload.sequence}`;
  }
}

/** Adds the events that a movement causes, at most one per topic. */
export function addEvents(movement: Movement, events: DomainEvent[]): void {
  const { skuId, sequence, kind, quantity, reservationId, userId, orderId } = movement;
  if (userId === null) return;
  const payload: StockEvent | SaleEvent =
    orderId === null
      ? { skuId, reservationId, userId, quantity, sequence }
      : { skuId, reservationId, orderId, userId, quantity, sequence };
  for (const { topic, type } of EVENTS_OF_KIND.get(kind) ?? []) {
    if (topic === TOPICS.orders && orderId === null) continue;
    events.push(new MovementEvent(topic, type, payload, movement.createdAt));
  }
}

/** True for an event of a movement, also one that is read as a dead letter; an event of the outbox has a number as its id. */
export const isStockEvent = (event: DomainEvent): boolean =>
  event instanceof MovementEvent || event.eventId.includes('/');

/** The number of the movement that an event of a movement tells of. */
export const sequenceOf = ({ payload }: DomainEvent): number => (payload as StockEvent).sequence;
