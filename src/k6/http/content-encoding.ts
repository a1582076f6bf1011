import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from 'node:zlib';

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

const UNPACKERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
};

/**
 * Decompresses the body of an answer.
 *
 * @param encoding the answer's `content-encoding`
 * @returns undefined for an empty body and for an unknown encoding, null if the body is not in that encoding
 */
export function unpackBody(body: Buffer, encoding: string): Buffer | null | undefined {
  let bytes = body;
  for (const name of encoding.split(',').reverse()) {
    const unpack = UNPACKERS[name.trim().toLowerCase()];
    if (!unpack || bytes.length === 0) return undefined;
    try {
      bytes = unpack(bytes);
    } catch {
      return null;
    }
  }
  return bytes;
}
