import type { Writable } from 'node:stream';
import type { Clock } from '../../kernel/clock.ts';

/** Most bytes that one line holds; beyond, its source is asked to wait. */
const HELD_BYTES_MAX = 1024 * 1024;

/** Lets through what it is given, in the same order, each piece so much later than it came. */
export interface DelayLine {
  /** Returns false when the line is full, until `onRoom` is called. `onSent` gets the delay when the piece is sent. */
  push(bytes: Buffer, onSent?: (delayMs: number) => void): boolean;
  /** Calls `then` so much later, after all that came before. */
  after(then: () => void): void;
  /** Drops whatever is held. */
  stop(): void;
}

interface Held {
  cameNs: number;
  /** Absent: the end of the line. */
  bytes?: Buffer;
  onSent?: ((delayMs: number) => void) | undefined;
  then?: () => void;
}

/** Bytes go into `out`; the line waits while that is full, and so holds more. */
export function createDelayLine(options: {
  delayMs: number;
  out: Writable;
  clock: Clock;
  onRoom(): void;
}): DelayLine {
  const { delayMs, out, clock, onRoom } = options;
  const held: Held[] = [];
  let heldBytes = 0;
  let isFull = false;
  let waits: 'no' | 'time' | 'drain' = 'no';
  let timer: NodeJS.Timeout | undefined;

  const ageMs = ({ cameNs }: Held): number => (clock.monotonicNs() - cameNs) / 1e6;

  /** Sends all that is due, then sleeps until the next piece is. A timer may fire early, so the age alone decides. */
  function sendDue(): void {
    waits = 'no';
    for (let next = held[0]; next !== undefined; next = held[0]) {
      const restMs = delayMs - ageMs(next);
      if (restMs > 0) {
        waits = 'time';
        timer = setTimeout(sendDue, Math.ceil(restMs));
        break;
      }
      held.shift();
      if (!send(next)) {
        waits = 'drain';
        out.once('drain', sendDue);
        break;
      }
    }
    if (isFull && heldBytes < HELD_BYTES_MAX) {
      isFull = false;
      onRoom();
    }
  }

  /** False when `out` wants no more for now. */
  function send(piece: Held): boolean {
    const { bytes, onSent, then } = piece;
    then?.();
    if (bytes === undefined) return true;
    heldBytes -= bytes.length;
    onSent?.(ageMs(piece));
    return out.write(bytes);
  }

  function hold(piece: Held): void {
    held.push(piece);
    if (waits === 'no') sendDue();
  }

  return {
    push(bytes, onSent) {
      heldBytes += bytes.length;
      hold({ cameNs: clock.monotonicNs(), bytes, onSent });
      isFull ||= heldBytes >= HELD_BYTES_MAX;
      return !isFull;
    },
    after: (then) => hold({ cameNs: clock.monotonicNs(), then }),
    stop() {
      held.length = 0;
      clearTimeout(timer);
      out.off('drain', sendDue);
    },
  };
}
