import type { PoolClient } from 'pg';

/** Writes events of one type into the outbox, each with its user as the key. */
export async function publish(
  tx: PoolClient,
  topic: string,
  type: string,
  payloads: readonly { userId: string }[],
): Promise<void> {
  if (payloads.length === 0) return;
  await tx.query({
    name: 'engagement.publish',
    text: `SELECT publish_events(ARRAY[$1], ARRAY[$2], $3::text[], $4::jsonb[], clock_timestamp())`,
    values: [
      topic,
      type,
      payloads.map(({ userId }) => userId),
      payloads.map((payload) => JSON.stringify(payload)),
    ],
  });
}
