import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

/** The session for which a stream is opened. */
export interface TicketHolder {
  userId: string;
  sessionId: string;
  /** The end of the token with which the ticket was asked for. */
  expiresAtMs: number;
}

/**
 * One-time tickets for streams. A browser cannot send a header with a WebSocket, and a token in a URL stays in logs; a ticket
 * there is worth nothing once it was used. Only its hash is stored.
 */
export interface StreamTickets {
  ttlSeconds: number;
  create(holder: TicketHolder): Promise<string>;
  /** Uses a ticket up. Undefined if it was used, is too old, or never was. */
  use(ticket: string): Promise<TicketHolder | undefined>;
  /** Deletes tickets that nobody used, at most `limit`. Resolves to their number. */
  sweep(limit: number): Promise<number>;
}

const TTL_SECONDS = 30;
const TICKET_BYTES = 24;
/** A text of another form is no ticket, and the database need not be asked. */
export const TICKET_FORM = /^[\w-]{32}$/;

export const createStreamTickets = (pool: Pool): StreamTickets => ({
  ttlSeconds: TTL_SECONDS,

  async create({ userId, sessionId, expiresAtMs }) {
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    await pool.query(
      `INSERT INTO stream_tickets (ticket_hash, user_id, session_id, token_expires_at, expires_at)
       VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')`,
      [hashOf(ticket), userId, sessionId, new Date(expiresAtMs), TTL_SECONDS],
    );
    return ticket;
  },

  async use(ticket) {
    const { rows } = await pool.query<{
      user_id: string;
      session_id: string;
      token_expires_at: Date;
      is_live: boolean;
    }>(
      `DELETE FROM stream_tickets WHERE ticket_hash = $1
       RETURNING user_id, session_id, token_expires_at, expires_at > now() AS is_live`,
      [hashOf(ticket)],
    );
    const [row] = rows;
    if (row === undefined || !row.is_live) return undefined;
    return {
      userId: row.user_id,
      sessionId: row.session_id,
      expiresAtMs: row.token_expires_at.getTime(),
    };
  },

  async sweep(limit) {
    const { rowCount } = await pool.query(
      `DELETE FROM stream_tickets WHERE ticket_hash = ANY (ARRAY(
         SELECT ticket_hash FROM stream_tickets WHERE expires_at < now() LIMIT $1
       ))`,
      [limit],
    );
    return rowCount ?? 0;
  },
});

const hashOf = (ticket: string): Buffer => createHash('sha256').update(ticket).digest();
