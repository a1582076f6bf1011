import type { Pool, PoolClient } from 'pg';
import { transaction } from '../../platform/postgres.ts';

/** An image that is on its way into the object store. Nobody else takes it up before the lease is over. */
export interface WaitingImage {
  imageId: string;
  showId: string;
  content: Buffer;
}

/** Something to be done at the object store: keeping an image, or forgetting one, which has no content. */
export type ImageTask = Omit<WaitingImage, 'content'> & { content: Buffer | null };

/** The images of shows that are on their way, and those that shows have. */
export interface ShowImageStore {
  /** Has an image wait in place of any that waits, taken up by the caller. The transaction has locked the show. */
  add(tx: PoolClient, image: WaitingImage): Promise<void>;
  /** Takes all images from a show. The transaction has locked it. */
  drop(tx: PoolClient, showId: string): Promise<void>;
  /** Takes up what is due. */
  claim(limit: number): Promise<ImageTask[]>;
  /**
   * Notes that the object store has an image. It becomes the image of the show in place of the one before, unless the show got
   * another meanwhile; `onShown` writes that with it. Resolves to true if it is shown.
   */
  settleStored(image: WaitingImage, onShown: (tx: PoolClient) => Promise<void>): Promise<boolean>;
  /** Notes that the object store has forgotten an image. */
  settleRemoved(imageId: string): Promise<void>;
  /** Leaves a task for later, the longer the more often it was tried. */
  postpone(imageId: string): Promise<void>;
  /** The number of images that wait. */
  waiting(): Promise<number>;
}

/** Longer than any try at the object store takes. */
const LEASE = "interval '1 minute'";
/** Five seconds, doubled with each try, and ten minutes at most. */
const PAUSE = "least(interval '10 minutes', interval '5 seconds' * 2 ^ least(attempts, 10))";
/** Somebody may just have read the address of an image that another one replaces. */
const GRACE = "interval '1 minute'";

/** An image that waits may be under way to the object store until its lease is over; it is forgotten there after that. */
const DROPPED = `dropped_at = now(), content = NULL,
  due_at = CASE WHEN stored_at IS NULL THEN due_at ELSE now() + ${GRACE} END`;

export const createShowImageStore = (pool: Pool): ShowImageStore => ({
  async add(tx, { imageId, showId, content }) {
    await tx.query({
      name: 'show-images.drop-waiting',
      text: `UPDATE show_images SET ${DROPPED}
             WHERE show_id = $1 AND stored_at IS NULL AND dropped_at IS NULL`,
      values: [showId],
    });
    await tx.query({
      name: 'show-images.add',
      text: `INSERT INTO show_images (image_id, show_id, content, due_at)
             VALUES ($1, $2, $3, now() + ${LEASE})`,
      values: [imageId, showId, content],
    });
  },

  async drop(tx, showId) {
    await tx.query({
      name: 'show-images.drop',
      text: `UPDATE show_images SET ${DROPPED} WHERE show_id = $1 AND dropped_at IS NULL`,
      values: [showId],
    });
  },

  async claim(limit) {
    const { rows } = await pool.query<{
      image_id: string;
      show_id: string;
      content: Buffer | null;
    }>({
      name: 'show-images.claim',
      text: `UPDATE show_images SET attempts = attempts + 1, due_at = now() + ${LEASE}
             WHERE image_id = ANY (ARRAY(
               SELECT image_id FROM show_images
               WHERE (stored_at IS NULL OR dropped_at IS NOT NULL) AND due_at <= now()
               ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
             ))
             RETURNING image_id, show_id, CASE WHEN dropped_at IS NULL THEN content END AS content`,
      values: [limit],
    });
    return rows.map(({ image_id, show_id, content }) => ({
      ...{ imageId: image_id, showId: show_id, content },
    }));
  },

  settleStored: ({ imageId, showId }, onShown) =>
    transaction(pool, async (tx) => {
      // The show first, as everybody does who changes it.
      await tx.query('SELECT FROM shows WHERE show_id = $1 FOR NO KEY UPDATE', [showId]);
      const { rowCount } = await tx.query(
        `UPDATE show_images SET stored_at = now(), content = NULL
         WHERE image_id = $1 AND stored_at IS NULL AND dropped_at IS NULL`,
        [imageId],
      );
      // Dropped meanwhile: it is forgotten when its lease is over.
      if (rowCount === 0) return false;
      await tx.query(
        `UPDATE show_images SET ${DROPPED}
         WHERE show_id = $1 AND image_id <> $2 AND dropped_at IS NULL`,
        [showId, imageId],
      );
      await onShown(tx);
      return true;
    }),

  async settleRemoved(imageId) {
    await pool.query('DELETE FROM show_images WHERE image_id = $1 AND dropped_at IS NOT NULL', [
      imageId,
    ]);
  },

  async postpone(imageId) {
    await pool.query(`UPDATE show_images SET due_at = now() + ${PAUSE} WHERE image_id = $1`, [
      imageId,
    ]);
  },

  async waiting() {
    const { rows } = await pool.query<{ images: number }>(
      'SELECT count(*) AS images FROM show_images WHERE stored_at IS NULL AND dropped_at IS NULL',
    );
    return rows[0]?.images ?? 0;
  },
});
