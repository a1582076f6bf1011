const BEAT_MS = 100;

/** The number of threads that can be counted: the one of the run and its workers. */
const THREADS_MAX = 65;

export const createBeats = (): SharedArrayBuffer => new SharedArrayBuffer(4 * THREADS_MAX);

/**
 * Raises a counter while the event loop of this thread is served, so that another thread sees when code holds it up.
 *
 * @param number 0 is the thread of the run, others are its workers
 */
export function serveBeats(beats: SharedArrayBuffer, number: number): void {
  const counters = new Int32Array(beats);
  const beat = (): void => void Atomics.add(counters, number, 1);
  beat();
  setInterval(beat, BEAT_MS).unref();
}

/** Reads the counters of another thread: the time since each was raised. */
export class BeatReader {
  private readonly counters: Int32Array;
  private readonly seen = new Map<number, { count: number; atMs: number }>();

  constructor(beats: SharedArrayBuffer) {
    this.counters = new Int32Array(beats);
  }

  /** The milliseconds for which a thread has stood still; 0 for one that has not begun. To be asked several times a second. */
  stillMs(number: number, nowMs: number): number {
    const count = Atomics.load(this.counters, number);
    const before = this.seen.get(number);
    if (count !== 0 && before?.count === count) return nowMs - before.atMs;
    this.seen.set(number, { count, atMs: nowMs });
    return 0;
  }
}
