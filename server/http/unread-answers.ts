import type { Buffer } from 'node:buffer';

/** An answer that was given as a whole, and waits until its reader has taken it. */
export interface UnreadAnswer {
  /** Bytes of it, and of the answers before it on its connection, that the kernel has not taken. */
  readonly writableLength: number;
  destroy(): void;
  once(event: 'close', listener: () => void): unknown;
}

export interface UnreadLimits {
  /** Bytes of all large answers that wait at the same time. */
  bytesMax: number;
  /** The time in which a reader may take a large answer. */
  takenWithinMs: number;
}

/** Answers below this size are not counted: the connections that could have some of them are limited elsewhere. */
const LARGE_BYTES = 65_536;

/**
 * Keeps the memory small that answers take while their readers do not read them. When too much waits, the reader who has had
 * the most time is cut off, and so is whoever takes too long. Bytes that several answers share are counted once.
 */
export function createUnreadAnswers({ bytesMax, takenWithinMs }: UnreadLimits): {
  /** To be called when an answer was ended with this body. */
  add(answer: UnreadAnswer, body: unknown): void;
} {
  /** In the order in which they were given. */
  const waiting = new Map<UnreadAnswer, string | Buffer>();
  const shared = new Map<Buffer, number>();
  let bytes = 0;

  function keep(body: string | Buffer): void {
    if (typeof body === 'string') bytes += body.length;
    else {
      const readers = shared.get(body) ?? 0;
      if (readers === 0) bytes += body.length;
      shared.set(body, readers + 1);
    }
  }

  /** Counts an answer no more. Its socket closes only later, when it may have been counted out already. */
  function release(answer: UnreadAnswer): void {
    const body = waiting.get(answer);
    if (body === undefined) return;
    waiting.delete(answer);
    if (typeof body === 'string') {
      bytes -= body.length;
      return;
    }
    const readers = (shared.get(body) ?? 1) - 1;
    if (readers > 0) shared.set(body, readers);
    else {
      shared.delete(body);
      bytes -= body.length;
    }
  }

  /** Cuts readers off until the rest fits; the last one stays, however large its answer is. */
  function makeRoom(): void {
    for (const answer of waiting.keys()) {
      if (bytes <= bytesMax || waiting.size === 1) return;
      release(answer);
      answer.destroy();
    }
  }

  return {
    add(answer, body) {
      if (!(typeof body === 'string' || body instanceof Uint8Array)) return;
      if (body.length < LARGE_BYTES || answer.writableLength === 0) return;
      const text = body as string | Buffer;
      const timer = setTimeout(() => answer.destroy(), takenWithinMs).unref();
      waiting.set(answer, text);
      keep(text);
      answer.once('close', () => {
        clearTimeout(timer);
        release(answer);
      });
      makeRoom();
    },
  };
}
