import type { Pool, PoolClient } from 'pg';
import type { DeadLetter, ReplayRequest } from '../../src/protocol/dead-letters.ts';
import type { DomainEvent } from './event.ts';

/** Records an event that a group cannot handle as a dead letter. Returns 0 when it is one already, else 1. */
export async function addDeadLetter(
  db: Pool | PoolClient,
  group: string,
  event: DomainEvent,
  { error, attempts }: { error: string; attempts: number },
): Promise<number> {
  const { eventId, topic, key, type, payload, occurredAt } = event;
  const { rowCount } = await db.query({
    name: 'events.add-dead-letter',
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

interface DeadLetterRow {
  event_id: string;
  consumer_group: string;
  topic: string;
  key: string;
  type: string;
  payload: unknown;
  occurred_at: Date;
  error: string;
  attempts: number;
  first_failed_at: Date;
  last_failed_at: Date;
  replay_requested_at: Date | null;
}

/** The place of a dead letter in the list. */
export interface DeadLetterPlace {
  occurredAtMs: number;
  eventId: string;
  group: string;
}

/** Up to `limit` dead letters of one group or of all, oldest event first, beginning behind `after`. */
export async function listDeadLetters(
  pool: Pool,
  page: { group?: string; after?: DeadLetterPlace; limit: number },
): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetterRow>({
    name: 'events.list-dead-letters',
    text: `SELECT * FROM dead_letters
           WHERE ($1::text IS NULL OR consumer_group = $1)
             AND (date_trunc('milliseconds', occurred_at), event_id, consumer_group)
               > (timestamptz 'epoch' + $2 * interval '1 millisecond', $3::text, $4::text)
           ORDER BY date_trunc('milliseconds', occurred_at), event_id, consumer_group LIMIT $5`,
    values: [
      page.group ?? null,
      page.after?.occurredAtMs ?? 0,
      page.after?.eventId ?? '',
      page.after?.group ?? '',
      page.limit,
    ],
  });
  return rows.map((row) => ({
    eventId: row.event_id,
    group: row.consumer_group,
    topic: row.topic,
    key: row.key,
    type: row.type,
    payload: row.payload,
    occurredAt: row.occurred_at.toISOString(),
    error: row.error,
    attempts: row.attempts,
    firstFailedAt: row.first_failed_at.toISOString(),
    lastFailedAt: row.last_failed_at.toISOString(),
    isToBeReplayed: row.replay_requested_at !== null,
  }));
}

/** Marks dead letters as to be replayed by the workers. Returns how many were marked. */
export async function requestReplay(pool: Pool, request: ReplayRequest): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE dead_letters SET replay_requested_at = now()
     WHERE ($1::text[] IS NULL OR event_id = ANY ($1)) AND ($2::text IS NULL OR consumer_group = $2)`,
    [request.ids ?? null, request.group ?? null],
  );
  return rowCount ?? 0;
}

/** The dead letters of these groups that are marked to be replayed, oldest first, at most 100. */
export async function readReplays(
  pool: Pool,
  groups: string[],
): Promise<{ group: string; event: DomainEvent }[]> {
  const { rows } = await pool.query<DeadLetterRow>({
    name: 'events.read-replays',
    text: `SELECT * FROM dead_letters
           WHERE consumer_group = ANY ($1) AND replay_requested_at IS NOT NULL
           ORDER BY occurred_at, event_id LIMIT 100`,
    values: [groups],
  });
  return rows.map((row) => ({
    group: row.consumer_group,
    event: {
      eventId: row.event_id,
      topic: row.topic,
      key: row.key,
      type: row.type,
      payload: row.payload,
      occurredAt: row.occurred_at,
    },
  }));
}

/** Deletes a dead letter. Returns false when another worker has deleted it before. */
export async function removeDeadLetter(
  tx: PoolClient,
  group: string,
  eventId: string,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'events.remove-dead-letter',
    text: 'DELETE FROM dead_letters WHERE consumer_group = $1 AND event_id = $2',
    values: [group, eventId],
  });
  return rowCount === 1;
}

/** Records that a replay failed. The dead letter stays, and is not replayed again unless somebody asks. */
export async function failReplay(
  pool: Pool,
  group: string,
  eventId: string,
  error: string,
): Promise<void> {
  await pool.query({
    name: 'events.fail-replay',
    text: `UPDATE dead_letters
           SET attempts = attempts + 1, error = $3, last_failed_at = now(), replay_requested_at = NULL
           WHERE consumer_group = $1 AND event_id = $2`,
    values: [group, eventId, error],
  });
}
