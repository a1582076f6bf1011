/**
 * Takes events from the outbox to every consumer: at least once, in the order of their key, and to each consumer group at
 * its own pace. Two ways do it, and `event-log.contract.ts` holds both to the same promises: straight out of PostgreSQL
 * (`outbox-log.ts`) and over Kafka (`kafka-log.ts`).
 */
export interface EventTransport {
  /** Never waits for a database or a broker that is away: delivery begins when it is there. */
  start(): void;
  /** Resolves when what is being handled is handled; the rest is delivered after the next start. */
  stop(): Promise<void>;
}
