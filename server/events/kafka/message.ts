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
