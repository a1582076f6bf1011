import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Address, Channel } from '../../../src/protocol/notifications.ts';
import { transaction } from '../../platform/postgres.ts';

/** The addresses of users. A user has one on each channel. */
export interface AddressStore {
  list(userId: string): Promise<Address[]>;
  /**
   * Replaces a user's address, not confirmed, and queues a message with its code. Resolves to false when a code was sent a moment
   * ago, to this user or to the address: then nothing changes.
   */
  put(userId: string, to: To, code: Code): Promise<boolean>;
  /** Confirms an address by its code. Resolves to undefined for a wrong code, one that is too old, or too many wrong ones. */
  confirm(userId: string, channel: Channel, code: string): Promise<Address | undefined>;
  /** Forgets an address. Resolves to false if there is none. */
  remove(userId: string, channel: Channel): Promise<boolean>;
}

interface To {
  channel: Channel;
  address: string;
}

interface Code {
  value: string;
  title: string;
  text: string;
}

const CODE_TTL = "interval '15 minutes'";
/**
 * Time between two codes for one user and channel, and for one address whoever asks, so that nobody has the server send many
 * messages to somebody.
 */
export const CODE_PAUSE_SECONDS = 60;
/** Pauses that are over, of which each code deletes so many. */
const FORGOTTEN_PER_CODE = 10;
const FAILURES_MAX = 5;

export const createAddressStore = (pool: Pool): AddressStore => ({
  async list(userId) {
    const { rows } = await pool.query<Address>(
      `SELECT channel, address, confirmed_at IS NOT NULL AS "isConfirmed"
       FROM notification_addresses WHERE user_id = $1 AND address <> '' ORDER BY channel`,
      [userId],
    );
    return rows;
  },

  async put(userId, to, code) {
    try {
      await transaction(pool, async (tx) => {
        // The user before the address, always, so that two calls never wait for each other in a circle.
        await replaceAddress(tx, userId, to, code);
        await pauseAddress(tx, to);
      });
      return true;
    } catch (error) {
      if (error instanceof TooSoon) return false;
      throw error;
    }
  },

  async confirm(userId, channel, code) {
    // Counted before it is compared, so that many guesses at once are as many failures.
    const { rows: tries } = await pool.query<{ matches: boolean }>(
      `UPDATE notification_addresses SET failures = failures + 1
       WHERE user_id = $1 AND channel = $2 AND code_expires_at > now() AND failures < ${FAILURES_MAX}
       RETURNING code_hash = $3 AS matches`,
      [userId, channel, hashOf(userId, code)],
    );
    if (tries[0]?.matches !== true) return undefined;
    const { rows } = await pool.query<Address>(
      `UPDATE notification_addresses SET confirmed_at = now(), code_hash = NULL, code_expires_at = NULL
       WHERE user_id = $1 AND channel = $2 AND code_hash = $3
       RETURNING channel, address, true AS "isConfirmed"`,
      [userId, channel, hashOf(userId, code)],
    );
    return rows[0];
  },

  async remove(userId, channel) {
    // The row stays, because it knows when the last code was sent.
    const { rowCount } = await pool.query(
      `UPDATE notification_addresses
       SET address = '', confirmed_at = NULL, code_hash = NULL, code_expires_at = NULL
       WHERE user_id = $1 AND channel = $2 AND address <> ''`,
      [userId, channel],
    );
    return rowCount === 1;
  },
});

/** Rolls the transaction back, because a code was sent a moment ago. */
class TooSoon extends Error {}

async function replaceAddress(
  tx: PoolClient,
  userId: string,
  { channel, address }: To,
  { value, title, text }: Code,
): Promise<void> {
  const { rowCount } = await tx.query(
    `WITH changed AS (
       INSERT INTO notification_addresses AS a
         (user_id, channel, address, code_hash, code_expires_at, code_sent_at)
       VALUES ($1, $2, $3, $4, now() + ${CODE_TTL}, now())
       ON CONFLICT (user_id, channel) DO UPDATE
       SET address = excluded.address, confirmed_at = NULL, code_hash = excluded.code_hash,
           code_expires_at = excluded.code_expires_at, failures = 0, code_sent_at = now()
       WHERE a.code_sent_at <= now() - $7 * interval '1 second'
       RETURNING channel, address, code_expires_at
     )
     INSERT INTO outgoing_messages (channel, address, title, text, expires_at)
     SELECT channel, address, $5, $6, code_expires_at FROM changed`,
    [userId, channel, address, hashOf(userId, value), title, text, CODE_PAUSE_SECONDS],
  );
  if (rowCount === 0) throw new TooSoon();
}

async function pauseAddress(tx: PoolClient, { channel, address }: To): Promise<void> {
  const { rowCount } = await tx.query(
    `WITH forgotten AS (
       DELETE FROM notification_code_pauses WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM notification_code_pauses
         WHERE sent_at <= now() - $3 * interval '1 second' AND (channel, address) <> ($1, $2)
         ORDER BY sent_at LIMIT $4 FOR UPDATE SKIP LOCKED))
     )
     INSERT INTO notification_code_pauses AS p (channel, address, sent_at) VALUES ($1, $2, now())
     ON CONFLICT (channel, address) DO UPDATE SET sent_at = excluded.sent_at
     WHERE p.sent_at <= now() - $3 * interval '1 second'`,
    [channel, address, CODE_PAUSE_SECONDS, FORGOTTEN_PER_CODE],
  );
  if (rowCount === 0) throw new TooSoon();
}

const hashOf = (userId: string, code: string): Buffer =>
  createHash('sha256').update(`${userId} ${code}`).digest();
