import type { Pool, PoolClient } from 'pg';
import type { OpenSession, Role } from '../../src/protocol/accounts.ts';
import type { Caller } from '../http/request/request.ts';
import { uuidArray } from '../platform/postgres.ts';
import type { RefreshTokenState } from './refresh-token.ts';

interface StoredRefreshToken extends Caller {
  sessionId: string;
  salt: Buffer;
  state: Omit<RefreshTokenState, 'successorUsed'>;
}

/** A refresh token as it is stored. */
interface NewRefreshToken {
  hash: Buffer;
  salt: Buffer;
}

/** Sessions in PostgreSQL. The clock of the database decides which have expired. */
export interface SessionStore {
  /**
   * Opens a session that can be refreshed, for a user whose password had this hash when it was checked. Resolves to the role
   * that the user has at this moment; to undefined when the password was changed meanwhile.
   */
  open(
    session: { sessionId: string; userId: string; passwordHash: string } & NewRefreshToken,
  ): Promise<Role | undefined>;
  /** Opens sessions without a refresh token, which last as long as a token. */
  openMany(sessions: (Caller & { sessionId: string })[]): Promise<void>;
  /** Those of the sessions that have neither ended nor expired. */
  findLive(sessionIds: string[]): Promise<Set<string>>;
  /** Ended sessions that may still have valid tokens. */
  findEnded(): Promise<string[]>;
  /** The newest live sessions of a user. */
  list(userId: string, limit: number): Promise<OpenSession[]>;
  /** Ends a session, or all sessions of a user, for all servers. Resolves to the ids of those that were live. */
  end(which: { sessionId: string } | { userId: string }, client?: PoolClient): Promise<string[]>;
  /** Deletes expired sessions and refresh tokens, at most `limit` of each. Resolves to their number. */
  sweep(limit: number): Promise<number>;

  /** Finds a refresh token and locks its row until the end of the transaction. */
  findRefreshToken(client: PoolClient, hash: Buffer): Promise<StoredRefreshToken | undefined>;
  isUsed(client: PoolClient, hash: Buffer): Promise<boolean>;
  /** Marks a token as used, stores its successor and extends the session. */
  rotate(client: PoolClient, used: Buffer, sessionId: string, next: NewRefreshToken): Promise<void>;
}

export function createSessionStore(
  pool: Pool,
  { tokenTtlMs, refreshTtlMs }: { tokenTtlMs: number; refreshTtlMs: number },
): SessionStore {
  return {
    async open({ sessionId, userId, passwordHash, hash, salt }) {
      // FOR SHARE makes a concurrent change of role or password wait. It then finds this session, too, and ends it.
      const { rows } = await pool.query<{ role: Role }>(
        `WITH opened AS (
           INSERT INTO sessions (session_id, user_id, role, expires_at)
           SELECT $1, user_id, role, now() + $5 * interval '1 ms' FROM users
           WHERE user_id = $2 AND password_hash = $6 FOR SHARE
           RETURNING session_id, role, expires_at
         ), refreshable AS (
           INSERT INTO refresh_tokens (token_hash, session_id, salt, expires_at)
           SELECT $3, session_id, $4, expires_at FROM opened
         )
         SELECT role FROM opened`,
        [sessionId, userId, hash, salt, refreshTtlMs, passwordHash],
      );
      return rows[0]?.role;
    },

    async openMany(sessions) {
      await pool.query(
        `INSERT INTO sessions (session_id, user_id, role, expires_at)
         SELECT session_id, user_id, role, now() + $4 * interval '1 ms'
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS opened (session_id, user_id, role)`,
        [
          uuidArray(sessions.map(({ sessionId }) => sessionId)),
          uuidArray(sessions.map(({ userId }) => userId)),
          sessions.map(({ role }) => role),
          tokenTtlMs + CLOCKS_DIFFER_MS_MAX,
        ],
      );
    },

    async findLive(sessionIds) {
      const { rows } = await pool.query<{ session_id: string }>({
        name: 'sessions.live',
        text: `SELECT session_id FROM sessions
               WHERE session_id = ANY($1::uuid[]) AND ended_at IS NULL AND expires_at > now()`,
        values: [sessionIds],
      });
      return new Set(rows.map((row) => row.session_id));
    },

    async findEnded() {
      const { rows } = await pool.query<{ session_id: string }>(
        'SELECT session_id FROM sessions WHERE ended_at IS NOT NULL AND expires_at > now()',
      );
      return rows.map((row) => row.session_id);
    },

    async list(userId, limit) {
      const { rows } = await pool.query<{ session_id: string; created_at: Date; expires_at: Date }>(
        `SELECT session_id, created_at, expires_at FROM sessions
         WHERE user_id = $1 AND ended_at IS NULL AND expires_at > now()
         ORDER BY session_id DESC LIMIT $2`,
        [userId, limit],
      );
      return rows.map((row) => ({
        sessionId: row.session_id,
        createdAt: row.created_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
      }));
    },

    async end(which, client) {
      const [column, id] =
        'userId' in which ? ['user_id', which.userId] : ['session_id', which.sessionId];
      // The row is kept until the last token of the session has expired, and no longer.
      const { rows } = await (client ?? pool).query<{ session_id: string }>(
        `UPDATE sessions
         SET ended_at = now(), expires_at = least(expires_at, now() + $2 * interval '1 ms')
         WHERE ${column} = $1 AND ended_at IS NULL AND expires_at > now()
         RETURNING session_id`,
        [id, tokenTtlMs + CLOCKS_DIFFER_MS_MAX],
      );
      return rows.map((row) => row.session_id);
    },

    async sweep(limit) {
      const [sessions, tokens] = [
        await pool.query(
          `DELETE FROM sessions WHERE session_id IN (
             SELECT session_id FROM sessions WHERE expires_at <= now()
             ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
          [limit],
        ),
        await pool.query(
          `DELETE FROM refresh_tokens WHERE token_hash IN (
             SELECT token_hash FROM refresh_tokens WHERE expires_at <= now()
             ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
          [limit],
        ),
      ];
      return (sessions.rowCount ?? 0) + (tokens.rowCount ?? 0);
    },

    async findRefreshToken(client, hash) {
      const { rows } = await client.query<{
        session_id: string;
        user_id: string;
        role: Role;
        salt: Buffer;
        over: boolean;
        used_ms_ago: number | null;
      }>(
        `SELECT session_id, user_id, role, salt,
           refresh_tokens.expires_at <= now() OR ended_at IS NOT NULL AS over,
           extract(epoch FROM clock_timestamp() - used_at)::float8 * 1000 AS used_ms_ago
         FROM refresh_tokens JOIN sessions USING (session_id)
         WHERE token_hash = $1 FOR UPDATE OF refresh_tokens`,
        [hash],
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      return {
        sessionId: row.session_id,
        userId: row.user_id,
        role: row.role,
        salt: row.salt,
        state: { over: row.over, usedMsAgo: row.used_ms_ago ?? undefined },
      };
    },

    async isUsed(client, hash) {
      const { rowCount } = await client.query(
        'SELECT FROM refresh_tokens WHERE token_hash = $1 AND used_at IS NOT NULL',
        [hash],
      );
      return rowCount === 1;
    },

    async rotate(client, used, sessionId, { hash, salt }) {
      await client.query(
        `WITH used AS (
           UPDATE refresh_tokens SET used_at = now() WHERE token_hash = $1
         ), extended AS (
           UPDATE sessions SET expires_at = now() + $5 * interval '1 ms'
           WHERE session_id = $2 AND ended_at IS NULL
         )
         INSERT INTO refresh_tokens (token_hash, session_id, salt, expires_at)
         VALUES ($3, $2, $4, now() + $5 * interval '1 ms')`,
        [used, sessionId, hash, salt, refreshTtlMs],
      );
    },
  };
}

/** Tokens expire by the clock of a server and sessions by the clock of the database; this is their largest difference. */
const CLOCKS_DIFFER_MS_MAX = 60_000;
