import type { Vu } from '../../load/vu/vu.ts';

type Timers = Record<'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval', unknown>;
type Callback = (...values: unknown[]) => unknown;

/**
 * The timers of one VU: k6 has them as globals and in `k6/timers`. An iteration lasts until its timers have fired or
 * were cleared. An iteration that is interrupted cancels the timers that are left.
 */
export function createTimers(vu: Vu): Timers {
  let lastId = 0;
  const cancels = new Map<number, () => void>();

  function start(callback: Callback, delayMs: unknown, values: unknown[], repeat: boolean): number {
    if (vu.initializing) throw new Error('timers cannot be started in init code');
    if (typeof callback !== 'function') throw new TypeError('a timer needs a function to call');
    lastId += 1;
    const id = lastId;
    const wait = (): void => {
      cancels.set(id, vu.after(Math.max(0, Number(delayMs) || 0), fire));
    };
    const fire = (): void => {
      if (!repeat) cancels.delete(id);
      // An error of the callback becomes a rejection, which the engine counts as an exception of the script.
      void vu.awaiting(
        Promise.resolve().then(() => {
          const result = callback(...values);
          // As in k6, the next pause begins when the callback has returned, unless it has cleared the timer.
          if (repeat && cancels.has(id)) wait();
          return result;
        }),
      );
    };
    wait();
    return id;
  }

  function clear(id: number): void {
    cancels.get(id)?.();
    cancels.delete(id);
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
