import type { Sharp } from 'sharp';
import { formatOf, type ShownImage, whyTooLarge } from './image.ts';

/** The longest side of an image that is shown. */
const SHOWN_SIDE_MAX = 1600;
const QUALITY = 80;
/** An image that takes longer is made to take long. */
const SECONDS_MAX = 10;

export type ReEncoded =
  | { outcome: 'done'; image: ShownImage }
  | { outcome: 'refused'; why: string };

/**
 * Makes an image to be shown of a file that a stranger sent. Its format is read from its content; its dimensions are read
 * before anything is decoded, so that a small file with a huge image in it costs nothing; a file that is cut off or broken is
 * refused. The result has no metadata, such as the place where a photo was made, and nothing that stands behind the image. It
 * is turned as the camera was held, in sRGB, and of an animation the first frame.
 */
export async function reEncode(file: Buffer): Promise<ReEncoded> {
  const format = formatOf(file);
  if (format === undefined) return refused('is no JPEG, PNG or WebP image by its content');
  const sharp = await loadSharp();
  let dimensions: { width: number; height: number };
  try {
    dimensions = await sharp(file, { limitInputPixels: false }).metadata();
  } catch {
    return refused(`begins as a ${NAMES[format]} image, and cannot be read as one`);
  }
  const why = whyTooLarge(dimensions);
  if (why !== undefined) return refused(why);
  try {
    // Any warning of a decoder is an error here: half an image is none.
    const { data: bytes, info } = await sharp(file, { failOn: 'warning' })
      .timeout({ seconds: SECONDS_MAX })
      .autoOrient()
      .resize({
        ...{ width: SHOWN_SIDE_MAX, height: SHOWN_SIDE_MAX },
        ...{ fit: 'inside', withoutEnlargement: true },
      })
      .toColourspace('srgb')
      .webp({ quality: QUALITY })
      .toBuffer({ resolveWithObject: true });
    return { outcome: 'done', image: { bytes, width: info.width, height: info.height } };
  } catch {
    return refused('is cut off or broken');
  }
}

const refused = (why: string): ReEncoded => ({ outcome: 'refused', why });

const NAMES = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP' };

type MakeSharp = (file: Buffer, options: object) => Sharp;
let loaded: Promise<MakeSharp> | undefined;

/** Loaded with the first image, because most servers never get one. */
function loadSharp(): Promise<MakeSharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // No decoders but these three, whatever the bytes look like to the library.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: ['Jpeg', 'Png', 'Webp'].map((name) => `VipsForeignLoad${name}Buffer`),
    });
    // Images are hardly ever decoded twice, and selling goes on in the other threads.
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}
