import type { PoolClient } from 'pg';

/** Something that happened: a row of the outbox, a message in Kafka. */
export interface DomainEvent {
  /** The number of the outbox row. A group that gets the same number again drops the event. */
  eventId: string;
  topic: string;
  /** Events of one key keep their order. */
  key: string;
  type: string;
  payload: unknown;
  occurredAt: Date;
}

/**
 * A handler of the events of some topics, in a consumer group of its own. Events arrive at least once and in the order of
 * their key. Each has its effect once, because the effect and the mark "handled" are written in one transaction.
 */
export interface Consumer {
  /** The consumer group. */
  group: string;
  topics: string[];
  /**
   * Handles events that this group has not handled before. Its writes through `tx` commit together with the mark
   * "handled"; effects outside of `tx` must be safe to repeat. When it throws, each event is tried again by itself, with
   * backoff, and one that keeps failing becomes a dead letter.
   */
  handle(events: DomainEvent[], tx: PoolClient): Promise<void>;
}
