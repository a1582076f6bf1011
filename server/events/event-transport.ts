/**
 * Brings events to every consumer: at least once, in the order of their key, and to each consumer group at
 * its own pace. There are two: one needs PostgreSQL alone (`postgres-transport.ts`), the other uses Kafka
 * (`kafka/transport.ts`). `event-transport.contract.ts` tests the same promises on both.
 */
export interface EventTransport {
  /** Returns at once. Delivery begins as soon as the database and the brokers can be reached. */
  start(): void;
  /** Resolves when the events under way are handled; the others are delivered after the next start. */
  stop(): Promise<void>;
}
