import type { Vu } from '../../load/vu/vu.ts';

type Timers = Record<'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval', unknown>;
type Callback = (...values: unknown[]) => unknown;

interface Timer {
  id: number;
  /** The time at which it is due, as `performance.now()` tells it. */
  dueMs: number;
  fire: () => void;
  /** Ends the wait for it; false if an interruption did so before. */
  cancel: () => boolean;
}

/**
 * The timers of one VU: k6 has them as globals and in `k6/timers`. They fire in the order in which they are due, which
 * Node's alone do not within one millisecond. An iteration lasts until its timers have fired or were cleared. An iteration
 * that is interrupted cancels the timers that are left.
 */
export function createTimers(vu: Vu): Timers {
  let lastId = 0;
  const timers = new Map<number, Timer>();

  function start(callback: Callback, delayMs: unknown, values: unknown[], repeat: boolean): number {
    if (vu.initializing) throw new Error('timers cannot be started in init code');
    if (typeof callback !== 'function') throw new TypeError('a timer needs a function to call');
    lastId += 1;
    const id = lastId;
    const pauseMs = Math.max(0, Number(delayMs) || 0);
    const wait = (): void => {
      const timer = { id, dueMs: performance.now() + pauseMs, fire, cancel: () => false };
      timers.set(id, timer);
      arm(timer, pauseMs);
    };
    const fire = (): void => {
      if (!repeat) timers.delete(id);
      // An error of the callback becomes a rejection, which the engine counts as an exception of the script.
      void vu.awaiting(
        Promise.resolve().then(() => {
          const result = callback(...values);
          // As in k6, the next pause begins when the callback has returned, unless it has cleared the timer.
          if (repeat && timers.has(id)) wait();
          return result;
        }),
      );
    };
    wait();
    return id;
  }

  function arm(timer: Timer, pauseMs: number): void {
    timer.cancel = vu.after(pauseMs, () => fireInOrder(timer));
  }

  /** Fires the timer, or the one that was due before it and has not fired; then this one waits for its turn. */
  function fireInOrder(timer: Timer): void {
    const first = earliestOf(timers.values(), timer);
    const isLeft = first === timer || first.cancel();
    first.dueMs = Number.POSITIVE_INFINITY;
    if (first !== timer) arm(timer, 0);
    if (isLeft) first.fire();
    else timers.delete(first.id);
  }

  function clear(id: number): void {
    timers.get(id)?.cancel();
    timers.delete(id);
  }

  return {
    setTimeout: (callback: Callback, delayMs?: number, ...values: unknown[]) =>
      start(callback, delayMs, values, false),
    setInterval: (callback: Callback, delayMs?: number, ...values: unknown[]) =>
      start(callback, delayMs, values, true),
    clearTimeout: clear,
    clearInterval: clear,
  };
}

function earliestOf(timers: Iterable<Timer>, timer: Timer): Timer {
  let first = timer;
  for (const each of timers) if (each.dueMs < first.dueMs) first = each;
  return first;
}
