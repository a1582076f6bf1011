import type { Pool } from 'pg';
import type * as z from 'zod';
import type { SeededUsers, SeedUsers } from '../../src/protocol/admin.ts';
import type { Caller } from '../http/request/request.ts';
import { uuidArray } from '../platform/postgres.ts';

export type PutUsersOutcome =
  | { outcome: 'seeded'; users: SeededUsers['users'] }
  /** A person has registered this name, or the user has another role. No token is issued for them. */
  | { outcome: 'username_taken'; username: string };

/**
 * Creates users without passwords under numbered names, and opens a session for each. A repeated call finds the same
 * users. Thousands of ids and names pass as one text each, because the driver would write and read them one by one.
 */
export async function putUsers(
  deps: {
    pool: Pool;
    openSessions(callers: Caller[]): Promise<string[]>;
    newId(): string;
  },
  crowd: z.output<typeof SeedUsers>,
): Promise<PutUsersOutcome> {
  const { pool, openSessions, newId } = deps;
  const { prefix, first, count, role, emailDomain } = crowd;
  const newIds = Array.from({ length: count }, newId);

  await pool.query(
    `INSERT INTO users (user_id, username, role)
     SELECT user_id, $2::text || ($3::bigint + turn - 1), $4
     FROM unnest($1::uuid[]) WITH ORDINALITY AS crowd (user_id, turn)
     ON CONFLICT (username) DO NOTHING`,
    [uuidArray(newIds), prefix, first, role],
  );
  const { rows } = await pool.query<{ user_ids: string; person: string | null }>(
    `SELECT string_agg(user_id::text, ',' ORDER BY number) AS user_ids,
       min(username) FILTER (WHERE password_hash IS NOT NULL OR role <> $4) AS person
     FROM generate_series($2::bigint, $2 + $3 - 1) AS number JOIN users ON username = $1::text || number`,
    [prefix, first, count, role],
  );
  const { user_ids, person } = rows[0] as (typeof rows)[number];
  if (person !== null) return { outcome: 'username_taken', username: person };

  const userIds = user_ids.split(',');
  if (userIds.length !== count)
    throw new Error(`${count} users were made, and ${userIds.length} found`);
  if (emailDomain !== undefined) await confirmAddresses(pool, userIds, emailDomain);
  const tokens = await openSessions(userIds.map((userId) => ({ userId, role })));
  const users = userIds.map((userId, index) => ({
    userId,
    username: `${prefix}${first + index}`,
    token: tokens[index] as string,
  }));
  return { outcome: 'seeded', users };
}

/** Gives users an address that nobody has to confirm. Whoever has one keeps it. */
async function confirmAddresses(pool: Pool, userIds: string[], domain: string): Promise<void> {
  await pool.query(
    `INSERT INTO notification_addresses (user_id, channel, address, confirmed_at, code_sent_at)
     SELECT user_id, 'email', username || '@' || $2, now(), to_timestamp(0)
     FROM users WHERE user_id = ANY ($1::uuid[])
     ON CONFLICT DO NOTHING`,
    [uuidArray(userIds), domain],
  );
}
