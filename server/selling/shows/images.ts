import type { PoolClient } from 'pg';
import type { ImageTask, ShowImageStore, WaitingImage } from './image-store.ts';

/** The image of a new or changed show, checked and made to be shown. */
export type PreparedImage =
  | { outcome: 'done'; image: { bytes: Buffer } }
  | { outcome: 'refused'; why: string }
  | { outcome: 'busy'; retryAfterMs: number };

/** The media service, as far as shows need it. */
export interface ImageMedia {
  prepare(base64: string, userId: string): Promise<PreparedImage>;
  /** False where the image could not be put there now. */
  put(imageId: string, bytes: Buffer): Promise<boolean>;
  remove(imageId: string): Promise<boolean>;
  urlOf(imageId: string): string;
  /** The reason why images wait; undefined while the media service works. */
  whyDown(): string | undefined;
}

/** Brings the images of shows to the media service, and has it forget those that no show has any more. */
export interface ShowImages {
  /**
   * Tries to bring an image there whose transaction is committed. Never rejects: an image that is not taken now waits, and
   * its show stands without it. Resolves to true if the show has it.
   */
  bring(image: WaitingImage): Promise<boolean>;
  /** Does what is due, about `limit` tasks. Resolves to their number. */
  bringDue(limit: number): Promise<number>;
}

/** The end of a try: the show has its image, nobody wants it any more, or it waits for another try. */
type Brought = 'shown' | 'unwanted' | 'waits';

/** Images that are brought at the same time. */
const BATCH = 4;

export function createShowImages(deps: {
  store: ShowImageStore;
  media: ImageMedia;
  /** Makes it the image of its show, in a transaction that has locked the show. */
  show(tx: PoolClient, image: { showId: string; imageId: string }): Promise<void>;
  /** Called after a show has got its image. */
  onShown(showId: string): Promise<void>;
  log: { error(details: object, message: string): void };
}): ShowImages {
  const { store, media, show, onShown, log } = deps;

  async function keep(image: WaitingImage): Promise<Brought> {
    if (!(await media.put(image.imageId, image.content))) {
      await store.postpone(image.imageId);
      return 'waits';
    }
    const isShown = await store.settleStored(image, (tx) => show(tx, image));
    if (isShown) await onShown(image.showId);
    return isShown ? 'shown' : 'unwanted';
  }

  async function forget(imageId: string): Promise<Brought> {
    if (await media.remove(imageId)) {
      await store.settleRemoved(imageId);
      return 'unwanted';
    }
    await store.postpone(imageId);
    return 'waits';
  }

  const perform = ({ content, ...image }: ImageTask): Promise<Brought> =>
    content === null ? forget(image.imageId) : keep({ ...image, content });

  return {
    async bring(image) {
      try {
        return (await keep(image)) === 'shown';
      } catch (error) {
        log.error({ err: error, imageId: image.imageId }, 'an image of an event has to wait');
        return false;
      }
    },
    async bringDue(limit) {
      let done = 0;
      while (done < limit) {
        // While the media service is down, one image tries if it is back.
        const atOnce = media.whyDown() === undefined ? BATCH : 1;
        const tasks = await store.claim(atOnce);
        const brought = await Promise.all(tasks.map(perform));
        done += tasks.length;
        if (tasks.length < atOnce || brought.includes('waits')) break;
      }
      return done;
    },
  };
}
