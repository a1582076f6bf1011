import type { Pool, PoolClient } from 'pg';
import { type ShowEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Show, ShowQuery } from '../../../src/protocol/shows.ts';
import { transaction } from '../../platform/postgres.ts';
import type { Reader } from '../../platform/replicas.ts';
import type { ShowImageStore, WaitingImage } from './image-store.ts';
import type { Refusal, ShowRow } from './show.ts';

export interface ShowStore {
  /** Stores a new show with its event, and an image that waits for it. One that is stored already stays as it is. */
  insert(show: ShowRow, image: WaitingImage | undefined): Promise<{ row: ShowRow; isNew: boolean }>;
  find(showId: string): Promise<ShowRow | undefined>;
  /**
   * Writes the show that `decide` makes of the present one, with its event. Nobody else changes the show meanwhile; what
   * `decide` writes through `tx` commits with it. When `decide` refuses, or returns the show that it got, nothing is written.
   * Undefined for a show of another organizer.
   */
  update(
    own: { showId: string; organizerId: string },
    decide: (show: ShowRow, tx: PoolClient) => ShowRow | Refusal | Promise<ShowRow | Refusal>,
  ): Promise<ShowRow | Refusal | undefined>;
  /** Gives a show an image that the media service has. The transaction has locked the show. */
  setImage(tx: PoolClient, image: { showId: string; imageId: string }): Promise<void>;
  /** Shows that take place, by their start. */
  list(query: ShowQuery): Promise<ShowRow[]>;
}

const COLUMNS = `show_id, organizer_id, title, description, venue, city, starts_at, ends_at, cancelled_at, image_id,
  created_at`;

export function createShowStore(
  pool: Pool,
  deps: { reader: Reader; images: Pick<ShowImageStore, 'add'>; describe(row: ShowRow): Show },
): ShowStore {
  const { reader, images, describe } = deps;
  return {
    insert: (show, image) =>
      transaction(pool, async (tx) => {
        const { rowCount } = await tx.query({
          name: 'shows.insert',
          text: `INSERT INTO shows (show_id, title, description, venue, city, starts_at, ends_at, cancelled_at,
                                    image_id, organizer_id, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                 ON CONFLICT (show_id) DO NOTHING`,
          values: [...valuesOf(show), show.organizer_id, show.created_at],
        });
        if (rowCount === 0) {
          return { row: (await findIn(tx, show.show_id)) as ShowRow, isNew: false };
        }
        if (image !== undefined) await images.add(tx, image);
        await publish(tx, 'event.created', describe(show));
        return { row: show, isNew: true };
      }),

    find: (showId) => findIn(reader, showId),

    update: ({ showId, organizerId }, decide) =>
      transaction(pool, async (tx) => {
        const { rows } = await tx.query<ShowRow>({
          name: 'shows.lock',
          text: `SELECT ${COLUMNS} FROM shows WHERE show_id = $1 AND organizer_id = $2 FOR NO KEY UPDATE`,
          values: [showId, organizerId],
        });
        const [show] = rows;
        const decided = show && (await decide(show, tx));
        if (show === undefined || decided === undefined || 'code' in decided || decided === show) {
          return decided;
        }
        await tx.query({
          name: 'shows.update',
          text: `UPDATE shows SET title = $2, description = $3, venue = $4, city = $5, starts_at = $6,
                   ends_at = $7, cancelled_at = $8, image_id = $9
                 WHERE show_id = $1`,
          values: valuesOf(decided),
        });
        const type = decided.cancelled_at === null ? 'event.changed' : 'event.cancelled';
        await publish(tx, type, describe(decided));
        return decided;
      }),

    async setImage(tx, { showId, imageId }) {
      const { rows } = await tx.query<ShowRow>({
        name: 'shows.set-image',
        text: `UPDATE shows SET image_id = $2 WHERE show_id = $1 RETURNING ${COLUMNS}`,
        values: [showId, imageId],
      });
      if (rows[0] !== undefined) await publish(tx, 'event.changed', describe(rows[0]));
    },

    async list(query) {
      const { conditions, values } = conditionsOf(query);
      // Not prepared: which index is best depends on the conditions and on their values.
      const { rows } = await reader.query<ShowRow>(
        `SELECT ${COLUMNS} FROM shows WHERE ${conditions.join(' AND ')}
         ORDER BY starts_at, show_id LIMIT ${query.limit}`,
        values,
      );
      return rows;
    },
  };
}

/** The id, and the columns that may change. */
const valuesOf = (show: ShowRow): unknown[] => [
  ...[show.show_id, show.title, show.description, show.venue, show.city],
  ...[show.starts_at, show.ends_at, show.cancelled_at, show.image_id],
];

async function findIn(db: Reader, showId: string): Promise<ShowRow | undefined> {
  const { rows } = await db.query<ShowRow>({
    name: 'shows.find',
    text: `SELECT ${COLUMNS} FROM shows WHERE show_id = $1`,
    values: [showId],
  });
  return rows[0];
}

/** Writes the event of a change into the outbox. It is written last: the statements before it have the lock of the show. */
async function publish(tx: PoolClient, type: string, show: Show): Promise<void> {
  const { eventId: showId, ...shown } = show;
  await tx.query({
    name: 'shows.publish',
    text: 'SELECT publish_events(ARRAY[$1], ARRAY[$2], ARRAY[$3], ARRAY[$4::jsonb], clock_timestamp())',
    values: [TOPICS.shows, type, showId, JSON.stringify({ showId, ...shown } satisfies ShowEvent)],
  });
}

/** The conditions of a search in SQL, with their values. */
function conditionsOf({ from, to, city, text, cursor }: ShowQuery) {
  const conditions = ['cancelled_at IS NULL'];
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  if (cursor !== undefined) {
    const [startMs, showId] = cursor.split('_');
    const start = `timestamptz 'epoch' + ${value(startMs)} * interval '1 millisecond'`;
    conditions.push(`(starts_at, show_id) > (${start}, ${value(showId)}::uuid)`);
  }
  if (from !== undefined) conditions.push(`starts_at >= ${value(from)}::timestamptz`);
  if (to !== undefined) conditions.push(`starts_at < ${value(to)}::timestamptz`);
  if (city !== undefined) conditions.push(`lower(city) = lower(${value(city)})`);
  if (text !== undefined) {
    conditions.push(`search @@ websearch_to_tsquery('simple', ${value(text)})`);
  }
  return { conditions, values };
}
