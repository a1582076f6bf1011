import type { RequestHandler, Router } from 'express';
import type { Pool, PoolClient } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { Caches } from '../../platform/cache.ts';
import type { Reader } from '../../platform/replicas.ts';
import { createShowImageStore } from './image-store.ts';
import { createShowImages, type ImageMedia } from './images.ts';
import { createProgramme } from './programme.ts';
import { createShowRoutes } from './routes.ts';
import { describeShow, type ShowRow } from './show.ts';
import { createShowStore } from './store.ts';

/** The feature in which organizers put up shows, and everybody finds them. */
export function createShows(deps: {
  pool: Pool;
  /** Reads what everybody may see of shows. */
  reader: Reader;
  caches: Caches;
  media: ImageMedia;
  authenticate: RequestHandler;
  /** Read a JSON body in which there may be an image. */
  readUpload: RequestHandler;
  readUploadAndClaimKey: RequestHandler;
  /** Ends the sale of a show's tickets in the transaction that cancels it; false when somebody is in already. */
  endSale(tx: PoolClient, showId: string): Promise<boolean>;
  /** Called after a cancellation was committed. */
  onCancelled(showId: string): Promise<void>;
  nowMs(): number;
  log: { error(details: object, message: string): void };
}): {
  routes: Router;
  /** Brings images that wait to the media service, and has it forget others. */
  bringImages(limit: number): Promise<number>;
  imagesWaiting(): Promise<number>;
} {
  const { pool, media, log } = deps;
  const describe = (row: ShowRow) => describeShow(row, media.urlOf);
  const imageStore = createShowImageStore(pool);
  const store = createShowStore(pool, { reader: deps.reader, images: imageStore, describe });
  const programme = createProgramme({ store, caches: deps.caches, describe });
  const images = createShowImages({
    ...{ store: imageStore, media, show: store.setImage, onShown: programme.forget, log },
  });
  return {
    routes: createShowRoutes({ ...deps, store, programme, imageStore, images, describe, newId }),
    bringImages: images.bringDue,
    imagesWaiting: imageStore.waiting,
  };
}
