import type { Pool, PoolClient } from 'pg';
import type { DomainEvent } from './event.ts';

/** Puts an event aside that a group cannot handle; answers 0 when it lies there already. */
export async function bury(
  db: Pool | PoolClient,
  group: string,
  event: DomainEvent,
  { error, attempts }: { error: string; attempts: number },
): Promise<number> {
  const { eventId, topic, key, type, payload, occurredAt } = event;
  const { rowCount } = await db.query({
    name: 'events.bury',
    text: `INSERT INTO dead_letters (consumer_group, event_id, topic, key, type, payload, occurred_at, error, attempts)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT DO NOTHING`,
    values: [
      group,
      eventId,
      topic,
      key,
      type,
      JSON.stringify(payload),
      occurredAt,
      error,
      attempts,
    ],
  });
  return rowCount ?? 0;
}
