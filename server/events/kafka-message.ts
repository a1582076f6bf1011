import type { DomainEvent } from './event.ts';
import type { Message } from './kafka-client.ts';

/**
 * @param source the database the event comes from. Several may share a Kafka, and each counts its events from 1.
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

/** What is not JSON fits no schema, and ends among the dead letters as it is. */
function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
