import type { Pool } from 'pg';
import type * as z from 'zod';
import type { SeededUsers, SeedUsers } from '../../src/protocol/admin.ts';
import type { Caller } from '../http/request/request.ts';

export type PutUsersOutcome =
  | { outcome: 'seeded'; users: SeededUsers['users'] }
  /** A person has registered this name, or the user has another role. No token is issued for them. */
  | { outcome: 'username_taken'; username: string };

/**
 * Creates users without passwords under numbered names, and opens a session for each. A repeated call finds the same
 * users.
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
  const { prefix, first, count, role } = crowd;
  const usernames = Array.from({ length: count }, (_, index) => `${prefix}${first + index}`);

  await pool.query(
    `INSERT INTO users (user_id, username, role)
     SELECT user_id, username, $3 FROM unnest($1::uuid[], $2::text[]) AS crowd (user_id, username)
     ON CONFLICT (username) DO NOTHING`,
    [usernames.map(newId), usernames, role],
  );
  const { rows } = await pool.query<{ user_id: string; username: string; seeded: boolean }>(
    `SELECT user_id, username, password_hash IS NULL AND role = $2 AS seeded
     FROM users JOIN unnest($1::text[]) WITH ORDINALITY AS crowd (username, turn) USING (username)
     ORDER BY turn`,
    [usernames, role],
  );
  const person = rows.find((row) => !row.seeded);
  if (person !== undefined) return { outcome: 'username_taken', username: person.username };

  const tokens = await openSessions(rows.map((row) => ({ userId: row.user_id, role })));
  const users = rows.map(({ user_id, username }, index) => ({
    userId: user_id,
    username,
    token: tokens[index] as string,
  }));
  return { outcome: 'seeded', users };
}
