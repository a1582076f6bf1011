import type { Pool } from 'pg';
import type { Channel } from '../../../src/protocol/notifications.ts';
import type { OutgoingMessage } from './provider.ts';

/** A message that this instance sends now, and nobody else before the lease is over. */
export interface ClaimedMessage extends OutgoingMessage {
  messageId: number;
}

/** The messages that wait for a provider. */
export interface OutgoingStore {
  claim(channel: Channel, limit: number): Promise<ClaimedMessage[]>;
  /** Deletes a message that was sent or refused. */
  settle(messageId: number): Promise<void>;
  /** Has a message wait, the longer the more often it was tried. */
  postpone(messageId: number): Promise<void>;
  /** Deletes messages that nobody took in their time, at most `limit`. Resolves to their number. */
  sweep(limit: number): Promise<number>;
  /** The number of messages that wait, by channel. */
  waiting(): Promise<{ channel: Channel; messages: number }[]>;
}

/** Longer than any try of a message takes. */
const LEASE = "interval '2 minutes'";
/** Five seconds, doubled with each try, and ten minutes at most. */
const PAUSE = "least(interval '10 minutes', interval '5 seconds' * 2 ^ least(attempts, 10))";

export const createOutgoingStore = (pool: Pool): OutgoingStore => ({
  async claim(channel, limit) {
    const { rows } = await pool.query<{
      message_id: number;
      address: string;
      title: string;
      text: string;
      expires_at: Date;
    }>({
      name: 'notifications.claim-messages',
      text: `UPDATE outgoing_messages SET attempts = attempts + 1, due_at = now() + ${LEASE}
             WHERE message_id = ANY (ARRAY(
               SELECT message_id FROM outgoing_messages
               WHERE channel = $1 AND due_at <= now() AND expires_at > now()
               ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
             ))
             RETURNING message_id, address, title, text, expires_at`,
      values: [channel, limit],
    });
    return rows.map(({ message_id, expires_at, ...message }) => ({
      ...message,
      messageId: message_id,
      // Another database counts its messages from 1, too.
      key: `${expires_at.getTime().toString(36)}-${message_id}`,
    }));
  },

  async settle(messageId) {
    await pool.query('DELETE FROM outgoing_messages WHERE message_id = $1', [messageId]);
  },

  async postpone(messageId) {
    await pool.query(
      `UPDATE outgoing_messages SET due_at = now() + ${PAUSE} WHERE message_id = $1`,
      [messageId],
    );
  },

  async sweep(limit) {
    const { rowCount } = await pool.query(
      `DELETE FROM outgoing_messages WHERE message_id = ANY (ARRAY(
         SELECT message_id FROM outgoing_messages WHERE expires_at <= now() LIMIT $1
       ))`,
      [limit],
    );
    return rowCount ?? 0;
  },

  async waiting() {
    const { rows } = await pool.query<{ channel: Channel; messages: number }>(
      'SELECT channel, count(*) AS messages FROM outgoing_messages GROUP BY channel',
    );
    return rows;
  },
});
