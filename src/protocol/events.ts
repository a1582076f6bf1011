/**
 * Domain events as they stand in the outbox. `topic` is the Kafka topic, `key` the partition key (the SKU).
 * A consumer may see an event twice and must drop the second by its `eventId`.
 */
export const TOPICS = {
  reservations: 'flash-sale-reservations',
  inventory: 'flash-sale-inventory-updates',
  orders: 'flash-sale-orders',
} as const;
