import type { Pool, PoolClient } from 'pg';
import type { Role } from '../../src/protocol/accounts.ts';

/** A row of `users`. A user without a hash cannot log in; seeded users have none. */
interface Account {
  userId: string;
  username: string;
  passwordHash: string | null;
  role: Role;
}

export interface AccountStore {
  find(username: string): Promise<Account | undefined>;
  /** Resolves to false when the username is taken, also by a registration at the same moment. */
  insert(client: Pool | PoolClient, account: Account): Promise<boolean>;
  /** Finds an account and locks its row until the end of the transaction. */
  lock(client: PoolClient, username: string): Promise<Account | undefined>;
  /**
   * Creates the account, or gives the existing account of this username this password and role. Resolves to the id that
   * the account has.
   */
  put(client: PoolClient, account: Account): Promise<string>;
  exists(userId: string): Promise<boolean>;
  /** Sets the role. Resolves to true when it was another one before, to undefined when there is no such user. */
  putRole(client: PoolClient, userId: string, role: Role): Promise<boolean | undefined>;
}

export function createAccountStore(pool: Pool): AccountStore {
  return {
    find: (username) => select(pool, username, ''),
    lock: (client, username) => select(client, username, 'FOR UPDATE'),
    async insert(client, { userId, username, passwordHash, role }) {
      const { rowCount } = await client.query(
        `INSERT INTO users (user_id, username, password_hash, role) VALUES ($1, $2, $3, $4)
         ON CONFLICT (username) DO NOTHING`,
        [userId, username, passwordHash, role],
      );
      return rowCount === 1;
    },
    async put(client, { userId, username, passwordHash, role }) {
      const { rows } = await client.query<{ user_id: string }>(
        `INSERT INTO users (user_id, username, password_hash, role) VALUES ($1, $2, $3, $4)
         ON CONFLICT (username)
         DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role
         RETURNING user_id`,
        [userId, username, passwordHash, role],
      );
      return rows[0]!.user_id;
    },
    async exists(userId) {
      const { rowCount } = await pool.query({
        name: 'accounts.exists',
        text: 'SELECT FROM users WHERE user_id = $1',
        values: [userId],
      });
      return rowCount === 1;
    },
    async putRole(client, userId, role) {
      const { rows } = await client.query<{ changed: boolean }>(
        `UPDATE users SET role = $2
         FROM (SELECT user_id, role FROM users WHERE user_id = $1 FOR UPDATE) AS before
         WHERE users.user_id = before.user_id
         RETURNING before.role <> $2 AS changed`,
        [userId, role],
      );
      return rows[0]?.changed;
    },
  };
}

async function select(
  client: Pool | PoolClient,
  username: string,
  lock: '' | 'FOR UPDATE',
): Promise<Account | undefined> {
  const { rows } = await client.query<{
    user_id: string;
    password_hash: string | null;
    role: Role;
  }>(`SELECT user_id, password_hash, role FROM users WHERE username = $1 ${lock}`, [username]);
  const row = rows[0];
  if (row === undefined) return undefined;
  return { userId: row.user_id, username, passwordHash: row.password_hash, role: row.role };
}
