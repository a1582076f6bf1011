import type { Vu } from '../../load/vu/vu.ts';
import type { K6Module } from './module.ts';

export const timersModule: K6Module = createTimers;

type Timers = Record<'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval', unknown>;
type Callback = (...values: unknown[]) => unknown;

/**
 * `k6/timers`, also found as globals. An iteration lasts until its timers have fired or were cleared, and takes those
 * that are left with it when it is cut short.
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
      if (repeat) wait();
      else cancels.delete(id);
      // What it throws becomes a rejection, which the engine counts as an exception of the script.
      void vu.awaiting(Promise.resolve().then(() => callback(...values)));
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
