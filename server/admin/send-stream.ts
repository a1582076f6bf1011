import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

export interface StreamLimits {
  /** The longest time for which the reader may take nothing. */
  stallMsMax: number;
  /** The longest time for the whole stream. */
  totalMsMax: number;
}

/**
 * Writes chunks of text as the body of an answer, each when the reader has room for it. A stream holds a connection to the
 * database and a snapshot, so a reader that is too slow is cut off; it notices that by the missing end.
 *
 * @throws Error when the reader leaves or is cut off, or a chunk cannot be had; `chunks` is ended by then in any case
 */
export async function sendStream(
  res: Response,
  chunks: AsyncGenerator<string>,
  { stallMsMax, totalMsMax }: StreamLimits,
): Promise<void> {
  const cut = new AbortController();
  const cutAfter = (ms: number, reason: string) =>
    setTimeout(() => cut.abort(new Error(reason)), ms).unref();
  const timers = [
    cutAfter(stallMsMax, `the reader took nothing for ${stallMsMax} ms`),
    cutAfter(totalMsMax, `the reader took longer than ${totalMsMax} ms`),
  ] as const;

  async function* watched() {
    for await (const chunk of chunks) {
      yield chunk;
      timers[0].refresh();
    }
  }

  try {
    await pipeline(Readable.from(watched(), { highWaterMark: 1 }), res, { signal: cut.signal });
  } catch (error) {
    throw cut.signal.aborted ? cut.signal.reason : error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    await chunks.return(undefined);
  }
}
