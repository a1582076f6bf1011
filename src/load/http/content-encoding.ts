import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from 'node:zlib';
import { decompress as unzstd } from 'fzstd';

const PACKERS: Record<string, (body: string | Uint8Array) => Uint8Array> = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
};

/**
 * Compresses the body of a request.
 *
 * @param compression the names of algorithms, separated by commas; each is applied to the result of the one before
 * @returns the compressed body and the value of its `content-encoding`
 * @throws Error for an algorithm that is unknown
 */
export function packBody(
  body: string | Uint8Array,
  compression: string,
): { body: string | Uint8Array; encoding: string } {
  const names = compression.split(',').map((name) => name.trim());
  let packed = body;
  for (const name of names) {
    const pack = PACKERS[name];
    if (!pack) {
      throw new Error(
        `"${name}" is not a compression of request bodies (there are: ${Object.keys(PACKERS).join(', ')})`,
      );
    }
    packed = pack(packed);
  }
  return { body: packed, encoding: names.join(', ') };
}

type Unpack = (bytes: Buffer, limit: { maxOutputLength: number }) => Uint8Array;

const UNPACKERS: Record<string, Unpack> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  // Node itself knows it from version 22.15 on.
  zstd: (bytes) => unzstd(bytes),
};

/** Encodings of which an empty body is a packed one. */
const MAY_BE_EMPTY = new Set(['zstd']);

/**
 * Decompresses the body of an answer. As in k6, an encoding that is unknown is left out, and no bytes at all are not a
 * packed body.
 *
 * @param encoding the answer's `content-encoding`
 * @param bytesMax the most bytes of the result
 * @throws Error if the body is not in that encoding, is cut off, or is longer than `bytesMax`
 */
export function unpackBody(body: Buffer, encoding: string, bytesMax: number): Buffer {
  const names = encoding.split(',').map((name) => name.trim().toLowerCase());
  let bytes = body;
  for (const name of names.reverse()) {
    const unpack = Object.hasOwn(UNPACKERS, name) ? UNPACKERS[name] : undefined;
    if (unpack === undefined) continue;
    if (bytes.length === 0) {
      if (MAY_BE_EMPTY.has(name)) continue;
      throw new Error('it has no bytes');
    }
    const unpacked = unpack(bytes, { maxOutputLength: bytesMax });
    bytes = Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
  }
  return bytes;
}

type UnpackPart = (bytes: Buffer, limit: { maxOutputLength: number }) => Buffer;

const PART_UNPACKERS: Record<string, UnpackPart> = {
  gzip: (bytes, limit) => gunzipSync(bytes, { ...limit, finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: (bytes, limit) => inflateSync(bytes, { ...limit, finishFlush: constants.Z_SYNC_FLUSH }),
  br: (bytes, limit) =>
    brotliDecompressSync(bytes, { ...limit, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};

/** Decompresses as much of a body as there is of it; that may be nothing. */
export function unpackPart(body: Buffer, encoding: string, bytesMax: number): Buffer {
  let bytes = body;
  for (const each of encoding.split(',').reverse()) {
    const name = each.trim().toLowerCase();
    if (!Object.hasOwn(UNPACKERS, name)) continue;
    try {
      bytes = PART_UNPACKERS[name]?.(bytes, { maxOutputLength: bytesMax }) ?? Buffer.alloc(0);
    } catch {
      return Buffer.alloc(0);
    }
  }
  return bytes;
}

/** True if an error of `unpackBody` says that the end of the body is missing. */
export const isCutOff = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'Z_BUF_ERROR' ||
  /unexpected (?:EOF|end of file)/i.test((error as Error).message);
