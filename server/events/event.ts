import type { PoolClient } from 'pg';

/** Something that happened, as it stands in the outbox and travels in Kafka. */
export interface DomainEvent {
  /** The outbox row's number; a consumer that sees it twice drops the second. */
  eventId: string;
  topic: string;
  /** Events of one key keep their order. */
  key: string;
  type: string;
  payload: unknown;
  occurredAt: Date;
}

/**
 * Reads topics in a consumer group of its own. Events arrive at least once and in the order of their key; each is
 * handled in effect once, because handling and remembering it are one transaction.
 */
export interface Consumer {
  /** The consumer group. */
  group: string;
  topics: string[];
  /**
   * Handles events none of which was handled before. What it writes through `tx` commits together with the fact that
   * they were handled. Effects outside of `tx` must be safe to repeat. One that throws is tried again with backoff,
   * each event by itself, and ends among the dead letters.
   */
  handle(events: DomainEvent[], tx: PoolClient): Promise<void>;
}
