import type { Router } from 'express';
import { createFairTurns } from '../platform/fair-turns.ts';
import { createGuardedCalls } from '../platform/guarded-calls.ts';
import { createFolderStore } from './folder-store.ts';
import { createMedia, type Media, type MediaCall } from './media.ts';
import { createMediaRoutes } from './routes.ts';
import { createS3Store, type S3Options } from './s3-store.ts';

/** How often the object store is asked again, and when it is left alone for a while. */
const GUARD = { retriesMax: 2, failuresMax: 5, probeAfterMs: 5_000 };
/** Images that are decoded at a time. One takes up to a hundred megabytes meanwhile. */
const DECODED_MAX = 2;
const WAITING_MAX = 8;
const RETRY_AFTER_MS = 2_000;

export interface MediaOptions {
  /** The bucket that keeps the images; absent: the folder does. */
  s3?: S3Options;
  mediaFolder: string;
  mediaBaseUrl?: string;
  /** The time that the object store has for a call. */
  mediaTimeoutMs: number;
  /** The largest file that is taken as an image. */
  imageBytesMax: number;
}

/** The service that keeps the images of other features, and serves them. */
export function createMediaService(deps: {
  options: MediaOptions;
  onCircuit(circuit: 'media' | 'media_reads', state: number): void;
  onCall(call: MediaCall, outcome: 'done' | 'failed'): void;
  log: { warn(details: object, message: string): void };
}): { media: Media; routes: Router; close(): void } {
  const { options, onCircuit, onCall, log } = deps;
  const { s3, mediaFolder, mediaBaseUrl: baseUrl, mediaTimeoutMs: timeoutMs } = options;
  const bucket = s3 && createS3Store(s3);
  const guard = (circuit: Parameters<typeof onCircuit>[0]) =>
    createGuardedCalls({
      ...{ ...GUARD, timeoutMs },
      onCircuit: (state) => onCircuit(circuit, state),
    });
  const media = createMedia({
    store: bucket ?? createFolderStore(mediaFolder),
    reads: guard('media_reads'),
    writes: guard('media'),
    turns: createFairTurns({
      ...{ concurrency: DECODED_MAX, waitingMax: WAITING_MAX, retryAfterMs: RETRY_AFTER_MS },
    }),
    ...{ imageBytesMax: options.imageBytesMax, baseUrl, onCall, log },
  });
  return { media, routes: createMediaRoutes({ media }), close: () => bucket?.close() };
}
