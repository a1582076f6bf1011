/** The kinds of image that are taken. Others are known to bring scripts (SVG), or decoders that are hardly ever tested. */
export type ImageFormat = 'jpeg' | 'png' | 'webp';

/** An image as it is shown: re-encoded here, so nothing of the file that was sent is left but what can be seen. */
export interface ShownImage {
  /** A WebP file. */
  bytes: Buffer;
  width: number;
  height: number;
}

/** The size of the widest and of the highest image that is taken, and of the largest one. */
const SIDE_MAX = 12_000;
const PIXELS_MAX = 25_000_000;

/** The format that the first bytes of a file tell. Names and content types are not asked: anybody can write anything there. */
export function formatOf(file: Buffer): ImageFormat | undefined {
  if (file.subarray(0, 3).equals(JPEG)) return 'jpeg';
  if (file.subarray(0, 8).equals(PNG)) return 'png';
  if (file.subarray(0, 4).equals(RIFF) && file.subarray(8, 12).equals(WEBP)) return 'webp';
  return undefined;
}

const JPEG = Buffer.from('ffd8ff', 'hex');
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const RIFF = Buffer.from('RIFF');
const WEBP = Buffer.from('WEBP');

/** Says why an image of these dimensions is not decoded; undefined for one that may be. */
export function whyTooLarge({ width, height }: { width: number; height: number }) {
  if (width > SIDE_MAX || height > SIDE_MAX) {
    return `is ${width} × ${height} pixels; no side may have more than ${SIDE_MAX}`;
  }
  if (width * height > PIXELS_MAX) {
    return `is ${width} × ${height} pixels; all together may be ${PIXELS_MAX / 1e6} millions`;
  }
  return undefined;
}

/** The bytes that a text in base64 stands for; undefined where it is no such text. Node itself skips what it cannot read. */
export function readBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  const isWhole = text.length % 4 === 0 && bytes.length === Buffer.byteLength(text, 'base64');
  return isWhole ? bytes : undefined;
}

/** The path of an image at the API, its name in the object store, and its place at a CDN. */
export const imageName = (imageId: string): string => `images/${imageId}.webp`;
