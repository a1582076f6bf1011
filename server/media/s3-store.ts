import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from './object-store.ts';

export interface S3Options {
  bucket: string;
  region: string;
  /** The address of a store that speaks S3; absent: that of AWS for the region. */
  endpoint?: string;
  /** Absent: the client looks for them where AWS puts them, such as the role of a machine. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** A year: a file never changes under its name, so a CDN in front of the bucket need not ask again. */
const CACHE_CONTROL = 'public, max-age=31536000, immutable';

/** A file that is put beside the images to find out if they may be read. */
const READABLE = 'images/readable';
/** The time for which keys that could read are believed to do so. */
const KNOWN_TO_READ_MS = 60_000;

const isDenied = (error: unknown): boolean =>
  error instanceof Error && error.name === 'AccessDenied';

/**
 * Keeps files in a bucket of any store that speaks S3. The client tries nothing again by itself: its calls are guarded as all
 * others are.
 */
export function createS3Store(options: S3Options): ObjectStore & { close(): void } {
  const { bucket: Bucket, region, endpoint, credentials } = options;
  let opened: Promise<S3Client> | undefined;
  let knownToReadUntilMs = 0;

  /** The client is loaded with the first call: it is large, and most servers keep no files. */
  const s3 = async () => {
    const library = await import('@aws-sdk/client-s3');
    opened ??= Promise.resolve(
      new library.S3Client({
        ...{ region, endpoint, credentials, maxAttempts: 1 },
        // A bucket is a name of a host at AWS alone.
        forcePathStyle: endpoint !== undefined,
        // Stores other than AWS do not know the newer sums.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
    );
    return { ...library, client: await opened };
  };

  async function read(Key: string, abortSignal: AbortSignal): Promise<Buffer> {
    const { client, GetObjectCommand } = await s3();
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
    return readFile(Body as Readable | undefined);
  }

  /**
   * Without the right to list a bucket S3 denies what is not there, as it denies what may not be read. Keys that may read a file
   * which is there for sure have the first denial; others have the second one, and these calls reject with it.
   */
  async function assertMayRead(abortSignal: AbortSignal): Promise<void> {
    if (knownToReadUntilMs > Date.now()) return;
    const { client, PutObjectCommand } = await s3();
    const file = { Bucket, Key: READABLE, Body: 'readable' };
    await client.send(new PutObjectCommand(file), { abortSignal });
    await read(READABLE, abortSignal);
    knownToReadUntilMs = Date.now() + KNOWN_TO_READ_MS;
  }

  return {
    async put(Key, Body, abortSignal) {
      const { client, PutObjectCommand } = await s3();
      const file = { Bucket, Key, Body, ContentType: 'image/webp', CacheControl: CACHE_CONTROL };
      await client.send(new PutObjectCommand(file), { abortSignal });
    },
    async get(Key, abortSignal) {
      const { NoSuchKey } = await s3();
      try {
        return await read(Key, abortSignal);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        if (!isDenied(error)) throw error;
        await assertMayRead(abortSignal);
        return undefined;
      }
    },
    async remove(Key, abortSignal) {
      const { client, DeleteObjectCommand } = await s3();
      await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal });
    },
    close() {
      opened?.then((client) => client.destroy()).catch(() => {});
    },
  };
}

/** Far more than an image has that was made here. */
const FILE_BYTES_MAX = 32_000_000;

/** Reads a file to its end. Leaving the loop early destroys the answer, and the connection with it. */
async function readFile(body: Readable = Readable.from([])): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > FILE_BYTES_MAX) {
      throw new Error(`the object store answered with more than ${FILE_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
