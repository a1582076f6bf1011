import { LRUCache } from 'lru-cache';
import { rootMessage } from '../../src/kernel/errors.ts';
import type { FairTurns } from '../platform/fair-turns.ts';
import type { GuardedCalls } from '../platform/guarded-calls.ts';
import { imageName, readBase64, type ShownImage } from './image.ts';
import type { ObjectStore } from './object-store.ts';
import { reEncode } from './re-encode.ts';

export type Prepared =
  | { outcome: 'done'; image: ShownImage }
  | { outcome: 'refused'; why: string }
  /** Too many images are decoded already. */
  | { outcome: 'busy'; retryAfterMs: number };

/** The images of other features: checked, kept in the object store, and served. */
export interface Media {
  /** Makes an image to be shown of a file in base64 that a user sent. */
  prepare(base64: string, userId: string): Promise<Prepared>;
  /** False where the object store does not take it now. */
  put(imageId: string, bytes: Buffer): Promise<boolean>;
  /** False where the object store cannot be reached now. */
  remove(imageId: string): Promise<boolean>;
  /** Undefined if there is no such image. Rejects while the object store is away, unless the image is remembered. */
  read(imageId: string): Promise<Buffer | undefined>;
  /** The address of an image that the object store has: at the CDN, or a path of this API. */
  urlOf(imageId: string): string;
  /** The reason why images wait; undefined while the object store works. */
  whyDown(): string | undefined;
}

export type MediaCall = 'put' | 'get' | 'remove';

/** Images in the memory of a process. One that is shown to a crowd is read once. */
const REMEMBERED_BYTES_MAX = 32_000_000;
/** So long other instances may still serve an image that is forgotten. */
const REMEMBERED_MS = 60_000;

export function createMedia(deps: {
  store: ObjectStore;
  /** A store that cannot be written may still be read, and the other way round. */
  reads: GuardedCalls;
  writes: GuardedCalls;
  turns: FairTurns;
  imageBytesMax: number;
  /** The address of a CDN, whose paths are those of the object store; absent: images have paths of this API. */
  baseUrl?: string;
  onCall(call: MediaCall, outcome: 'done' | 'failed'): void;
  log: { warn(details: object, message: string): void };
}): Media {
  const { store, reads, writes, turns, imageBytesMax, baseUrl = '', onCall, log } = deps;
  const remembered = new LRUCache<string, Buffer>({
    maxSize: REMEMBERED_BYTES_MAX,
    ttl: REMEMBERED_MS,
    sizeCalculation: ({ length }) => Math.max(length, 1),
  });
  const underWay = new Map<string, Promise<Buffer | undefined>>();

  async function ask<Result>(
    call: MediaCall,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await (call === 'get' ? reads : writes).call(work);
      onCall(call, 'done');
      return result;
    } catch (error) {
      onCall(call, 'failed');
      throw error;
    }
  }

  const succeeds = (name: string, asked: Promise<unknown>): Promise<boolean> =>
    asked.then(
      () => true,
      (error) => {
        log.warn({ image: name, why: rootMessage(error) }, 'the object store did not take a call');
        return false;
      },
    );

  async function load(imageId: string): Promise<Buffer | undefined> {
    const file = await ask('get', (signal) => store.get(imageName(imageId), signal));
    if (file !== undefined) remembered.set(imageId, file);
    return file;
  }

  return {
    async prepare(base64, userId) {
      const file = readBase64(base64);
      if (file === undefined) return { outcome: 'refused', why: 'is no base64' };
      if (file.length > imageBytesMax) {
        return { outcome: 'refused', why: `has more than ${imageBytesMax} bytes` };
      }
      const turn = await turns.take({ kind: 'image', address: userId }, () => reEncode(file));
      if (turn.outcome === 'done') return turn.value;
      const retryAfterMs = turn.outcome === 'busy' ? turn.retryAfterMs : 1_000;
      return { outcome: 'busy', retryAfterMs };
    },
    put: (imageId, bytes) => {
      const name = imageName(imageId);
      return succeeds(
        name,
        ask('put', (signal) => store.put(name, bytes, signal)),
      );
    },
    async remove(imageId) {
      const name = imageName(imageId);
      const isRemoved = await succeeds(
        name,
        ask('remove', (signal) => store.remove(name, signal)),
      );
      remembered.delete(imageId);
      return isRemoved;
    },
    async read(imageId) {
      const known = remembered.get(imageId);
      if (known !== undefined) return known;
      let loading = underWay.get(imageId);
      if (loading === undefined) {
        loading = load(imageId).finally(() => underWay.delete(imageId));
        underWay.set(imageId, loading);
      }
      return loading;
    },
    urlOf: (imageId) => `${baseUrl}/${imageName(imageId)}`,
    whyDown: () => writes.whyOpen() ?? reads.whyOpen(),
  };
}
