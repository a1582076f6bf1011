import type { Pool, PoolClient } from 'pg';
import type { Notification } from '../../src/protocol/notifications.ts';
import { uuidArray } from '../platform/postgres.ts';
import type { Told } from './messages.ts';

/** The channel of PostgreSQL on which instances hear that something was told. */
export const TOLD_CHANNEL = 'notifications_told';

/** A notification with its place and its user. */
export interface PlacedNotification {
  position: number;
  userId: string;
  notification: Notification;
}

export interface NotificationStore {
  /** Writes notifications that are not there yet. Resolves to their number. */
  tell(tx: PoolClient, told: Told[]): Promise<number>;
  /** The notifications of a user behind a position, the oldest first. */
  list(userId: string, page: { after: number; limit: number }): Promise<PlacedNotification[]>;
  /** The notifications of these users behind one position and up to another, the oldest first. */
  listOf(
    userIds: string[],
    range: { after: number; upTo: number; limit: number },
  ): Promise<PlacedNotification[]>;
  /** The position of the last notification of all; 0 without any. */
  lastPosition(): Promise<number>;
  /** Deletes notifications older than `retentionMs`, at most `limit`. Resolves to their number. */
  sweep(limit: number, retentionMs: number): Promise<number>;
}

interface Row {
  position: number;
  user_id: string;
  kind: string;
  title: string;
  text: string;
  created_at: Date;
}

const COLUMNS = 'position, user_id, kind, title, text, created_at';

/** A message that no provider takes for a day is not sent any more; the notification stays where its user reads it. */
const MESSAGE_TTL = "interval '1 day'";

export const createNotificationStore = (pool: Pool): NotificationStore => ({
  async tell(tx, told) {
    // Held until the commit: positions ascend in the order of the commits, so a reader who goes on behind the last one that
    // was seen misses none.
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('notifications'))");
    const { rows } = await tx.query<{ told: number }>({
      name: 'notifications.tell',
      // One NOTIFY for all of a batch. Nobody has to hear it: what it says is in the table.
      text: `WITH told AS (
               INSERT INTO notifications (user_id, event_id, kind, sku_id, title, text)
               SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
               ON CONFLICT DO NOTHING
               RETURNING user_id, title, text
             ), queued AS (
               INSERT INTO outgoing_messages (channel, address, title, text, expires_at)
               SELECT a.channel, a.address, t.title, t.text, now() + ${MESSAGE_TTL}
               FROM told t JOIN notification_addresses a USING (user_id) WHERE a.confirmed_at IS NOT NULL
             )
             SELECT count(*) AS told, pg_notify('${TOLD_CHANNEL}', '') FROM told`,
      values: [
        uuidArray(told.map(({ userId }) => userId)),
        told.map(({ eventId }) => eventId),
        told.map(({ kind }) => kind),
        told.map(({ skuId }) => skuId),
        told.map(({ title }) => title),
        told.map(({ text }) => text),
      ],
    });
    return rows[0]?.told ?? 0;
  },

  async list(userId, { after, limit }) {
    const { rows } = await pool.query<Row>({
      name: 'notifications.list',
      // The sum keeps the planner from walking along all positions in search of those of one user, who has few.
      text: `SELECT ${COLUMNS} FROM notifications
             WHERE user_id = $1 AND position > $2 ORDER BY position + 0 LIMIT $3`,
      values: [userId, after, limit],
    });
    return rows.map(place);
  },

  async listOf(userIds, { after, upTo, limit }) {
    // Not prepared: the plan depends on how many users there are.
    const { rows } = await pool.query<Row>(
      `SELECT ${COLUMNS} FROM notifications
       WHERE position > $1 AND position <= $2 AND user_id = ANY ($3::uuid[])
       ORDER BY position LIMIT $4`,
      [after, upTo, uuidArray(userIds), limit],
    );
    return rows.map(place);
  },

  async lastPosition() {
    const { rows } = await pool.query<{ last: number }>(
      'SELECT coalesce(max(position), 0) AS last FROM notifications',
    );
    return rows[0]?.last ?? 0;
  },

  async sweep(limit, retentionMs) {
    const { rowCount } = await pool.query(
      `DELETE FROM notifications WHERE position = ANY (ARRAY(
         SELECT position FROM notifications
         WHERE created_at < now() - $2 * interval '1 millisecond' LIMIT $1
       ))`,
      [limit, retentionMs],
    );
    return rowCount ?? 0;
  },
});

const place = ({ position, user_id, kind, title, text, created_at }: Row): PlacedNotification => ({
  position,
  userId: user_id,
  notification: {
    notificationId: String(position),
    ...{ kind, title, text },
    at: created_at.toISOString(),
  },
});
