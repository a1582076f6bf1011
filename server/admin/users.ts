import { setImmediate as breathe } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { SeededUsers } from '../../src/protocol/admin.ts';
import type { Caller } from '../http/request.ts';

export type PutUsersOutcome =
  | { outcome: 'seeded'; users: SeededUsers['users'] }
  /** A person registered under this name; nobody gets a token for them. */
  | { outcome: 'username_taken'; username: string };

/** A token takes some 20 µs to sign; after this many the event loop may serve others. */
const TOKENS_PER_TURN = 100;

/**
 * Makes users without passwords exist, one name after another, and signs a token for each. Called again it finds the
 * same users.
 */
export async function putUsers(
  deps: { pool: Pool; sign(caller: Caller): string; newId(): string },
  crowd: { prefix: string; first: number; count: number },
): Promise<PutUsersOutcome> {
  const { pool, sign, newId } = deps;
  const usernames = Array.from(
    { length: crowd.count },
    (_, index) => `${crowd.prefix}${crowd.first + index}`,
  );

  await pool.query(
    `INSERT INTO users (user_id, username, role)
     SELECT user_id, username, 'buyer' FROM unnest($1::uuid[], $2::text[]) AS crowd (user_id, username)
     ON CONFLICT (username) DO NOTHING`,
    [usernames.map(newId), usernames],
  );
  const { rows } = await pool.query<{ user_id: string; username: string; seeded: boolean }>(
    `SELECT user_id, username, password_hash IS NULL AND role = 'buyer' AS seeded
     FROM users JOIN unnest($1::text[]) WITH ORDINALITY AS crowd (username, turn) USING (username)
     ORDER BY turn`,
    [usernames],
  );
  const person = rows.find((row) => !row.seeded);
  if (person !== undefined) return { outcome: 'username_taken', username: person.username };

  const users: SeededUsers['users'] = [];
  for (const { user_id: userId, username } of rows) {
    users.push({ userId, username, token: sign({ userId, role: 'buyer' }) });
    if (users.length % TOKENS_PER_TURN === 0) await breathe();
  }
  return { outcome: 'seeded', users };
}
