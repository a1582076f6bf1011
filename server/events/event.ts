import type { PoolClient } from 'pg';

/** Something that happened: told by a stock movement or a row of the outbox, and perhaps by a message in Kafka. */
export interface DomainEvent {
  /**
   * The number of the outbox row, or topic, SKU and number of the movement: `flash-sale-orders/SHOE/17`. A group that gets
   * the same event again drops it.
   */
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
   * "handled"; effects outside of `tx` must be safe to repeat. When it throws, the events are handed to it again in smaller
   * parts; one that keeps failing alone, with backoff, becomes a dead letter. Other groups get the same objects, so it
   * changes nothing in them.
   */
  handle(events: DomainEvent[], tx: PoolClient): Promise<void>;
}
