import type { DomainEvent } from '../event.ts';

/** A message of a topic. Messages of one key keep their order. */
export interface Message {
  topic: string;
  key: string;
  value: string;
  headers: Record<string, string>;
}

/**
 * The message that carries an event.
 *
 * @param source the database of the event. Several databases may share a Kafka, and each counts its events from 1
 */
export const toMessage = (event: DomainEvent, source: string): Message => ({
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

/** A broker refuses more than 1 MB for one partition at a time, unless somebody has set it up otherwise. */
const PART_BYTES_MAX = 500_000;

/** Splits messages into parts that a broker takes at once, in their order. A message that is larger is a part of its own. */
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

/** Bytes of a message on the wire; a record and each of its headers have a few more than their texts. */
function sizeOf({ key, value, headers }: Message): number {
  let size = 20 + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const name in headers) size += 4 + name.length + Buffer.byteLength(headers[name] as string);
  return size;
}

/** The event of a message; undefined when it is of another source. */
export function fromMessage(message: Message, source: string): DomainEvent | undefined {
  const { topic, key, value, headers } = message;
  if (headers.source !== source) return undefined;
  return {
    eventId: headers.eventId ?? '',
    topic,
    key,
    type: headers.type ?? '',
    payload: parseOrKeep(value),
    occurredAt: new Date(headers.occurredAt ?? 0),
  };
}

/** Text that is not JSON is kept: it fits no schema, and becomes a dead letter as it is. */
function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
