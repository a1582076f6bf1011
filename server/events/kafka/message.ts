import { rememberTwo } from '../../../src/kernel/memo.ts';
import type { SaleEvent, StockEvent } from '../../../src/protocol/events.ts';
import type { DomainEvent } from '../event.ts';
import { isStockEvent } from '../stock-log/stock-events.ts';

/** A message of a topic. Messages of one key keep their order. */
export interface Message {
  topic: string;
  key: string;
  /** Bytes where it is long: the client measures and copies bytes faster than text. */
  value: string | Buffer;
  headers: Record<string, string>;
}

/** The most events of movements in one message: some tens of kilobytes. */
const EVENTS_MAX = 500;

/**
 * Events of one type and time, of movements in a row, as a message lists them. Events of a crowd differ in little, and every byte
 * of a message is copied again and again on its way: what differs is a column with a value for each event, in their order.
 */
interface Run {
  type: string;
  occurredAt: string;
  skuId: string;
  /** The number of the first movement; the others have the next ones. */
  sequence: number;
  quantity: number[];
  reservationId: string[];
  userId: string[];
  /** Absent where the movements have no order. */
  orderId?: string[];
}

/** Events of movements of one SKU, as they are written in a message. */
interface Crowd {
  topic: string;
  key: string;
  runs: Run[];
  events: number;
  last: DomainEvent;
}

/**
 * The messages that carry events. Those of movements come in crowds, and most of what a message costs does not depend on its
 * length: one carries many of them, of one topic and SKU and in order. Each of the others has a message of its own.
 *
 * @param source the database of the events. Several databases may share a Kafka, and each counts its events from 1
 */
export function toMessages(events: DomainEvent[], source: string): Message[] {
  const messages: Message[] = [];
  const crowds = new Map<string, Map<string, Crowd>>();
  for (const event of events) {
    const { topic, key } = event;
    if (!isStockEvent(event)) {
      messages.push(toMessage(event, source));
      continue;
    }
    const ofTopic = crowds.get(topic) ?? new Map<string, Crowd>();
    crowds.set(topic, ofTopic);
    let crowd = ofTopic.get(key);
    if (crowd === undefined || crowd.events === EVENTS_MAX) {
      if (crowd !== undefined) messages.push(toCrowdMessage(crowd, source));
      crowd = { topic, key, runs: [], events: 0, last: event };
      ofTopic.set(key, crowd);
    }
    addTo(crowd.runs, event);
    crowd.events += 1;
    crowd.last = event;
  }
  for (const ofTopic of crowds.values()) {
    for (const crowd of ofTopic.values()) messages.push(toCrowdMessage(crowd, source));
  }
  return messages;
}

const toMessage = (event: DomainEvent, source: string): Message => ({
  topic: event.topic,
  key: event.key,
  value: JSON.stringify(event.payload),
  headers: {
    source,
    eventId: event.eventId,
    type: event.type,
    occurredAt: event.occurredAt.toISOString(),
  },
});

/** The events of a batch have one time. */
const writeTime = rememberTwo((time: Date) => time.toISOString());

function addTo(runs: Run[], { type, occurredAt: time, payload }: DomainEvent): void {
  const { skuId, sequence, quantity, reservationId, userId, orderId } = payload as StockEvent &
    Partial<SaleEvent>;
  const occurredAt = writeTime(time);
  let run = runs.at(-1);
  if (
    run === undefined ||
    run.type !== type ||
    run.occurredAt !== occurredAt ||
    run.sequence + run.quantity.length !== sequence ||
    (run.orderId === undefined) !== (orderId === undefined)
  ) {
    const columns = { quantity: [], reservationId: [], userId: [] };
    run = { type, occurredAt, skuId, sequence, ...columns };
    if (orderId !== undefined) run.orderId = [];
    runs.push(run);
  }
  run.quantity.push(quantity);
  run.reservationId.push(reservationId);
  run.userId.push(userId);
  if (orderId !== undefined) run.orderId?.push(orderId);
}

/** The header `eventId` is that of the last event, so that a reader need not look into the list. */
const toCrowdMessage = ({ topic, key, runs, events, last }: Crowd, source: string): Message => ({
  topic,
  key,
  value: Buffer.from(JSON.stringify(runs)),
  headers: { source, eventId: last.eventId, events: String(events) },
});

/** A broker refuses more than 1 MB for one partition at a time, unless somebody has set it up otherwise. */
const PART_BYTES_MAX = 900_000;

/**
 * Splits messages of one topic into parts that a broker takes at once, in their order: it may put all of a part into one
 * partition. A message that is larger is a part of its own.
 */
export function inParts(messages: Message[], bytesMax = PART_BYTES_MAX): Message[][] {
  const parts: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = sizeOf(message);
    if (bytes + size > bytesMax) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(message);
    bytes += size;
  }
  return parts;
}

/** No fewer bytes than a message has on the wire; a record and each of its headers have a few more than their texts. */
function sizeOf({ key, value, headers }: Message): number {
  let size = 20 + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const name in headers) size += 4 + name.length + Buffer.byteLength(headers[name] as string);
  return size;
}

/** True for a message of this source; the others are of no interest here. */
export const isOfSource = ({ headers }: Message, source: string): boolean =>
  headers.source === source;

/** The number of the last movement that a message tells of; undefined for a message with an event of the outbox. */
export function lastMovementOf({ headers: { eventId = '' } }: Message): number | undefined {
  const place = eventId.lastIndexOf('/');
  return place === -1 ? undefined : Number(eventId.slice(place + 1));
}

/** The event of the outbox that a message carries. */
export const fromMessage = ({ topic, key, value, headers }: Message): DomainEvent => ({
  eventId: headers.eventId ?? '',
  topic,
  key,
  type: headers.type ?? '',
  payload: parseOrKeep(String(value)),
  occurredAt: new Date(headers.occurredAt ?? 0),
});

/** Text that is not JSON is kept: it fits no schema, and becomes a dead letter as it is. */
function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
