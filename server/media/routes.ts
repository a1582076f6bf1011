import type { Request, Response, Router } from 'express';
import { pathId } from '../http/request/path-id.ts';
import { methodNotAllowed, refuse } from '../http/response/problem.ts';
import { respondFile } from '../http/response/respond.ts';
import { createRouter } from '../http/router.ts';
import type { Media } from './media.ts';

const RETRY_AFTER_SECONDS = '5';

/** The route from which browsers and CDNs get images. */
export function createMediaRoutes({ media }: { media: Media }): Router {
  const router = createRouter();
  router.route('/images/:file').get(read).all(methodNotAllowed);
  return router;

  async function read(req: Request<{ file: string }>, res: Response): Promise<void> {
    const { file } = req.params;
    const imageId = pathId(file.endsWith('.webp') ? file.slice(0, -'.webp'.length) : '');
    let image: Buffer | undefined;
    try {
      image = await media.read(imageId);
    } catch {
      res.setHeader('retry-after', RETRY_AFTER_SECONDS);
      refuse(res, 'UNAVAILABLE', 'The image cannot be read now.');
      return;
    }
    if (image === undefined) {
      refuse(res, 'NOT_FOUND', 'There is no image with this id.');
      return;
    }
    const about = { contentType: 'image/webp', tag: `"${imageId}"` };
    if (!respondFile(res, image, about)) {
      res.setHeader('content-range', `bytes */${image.length}`);
      refuse(res, 'RANGE_NOT_SATISFIABLE', `The image has ${image.length} bytes.`);
    }
  }
}
