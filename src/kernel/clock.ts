import { performance } from 'node:perf_hooks';

/**
 * The two clocks everything reads through, so that tests and simulations can pass their own.
 * `now` is wall time and may jump; `monotonicNs` never goes back and is what intervals are made of.
 */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Nanoseconds since the process started; whole numbers, exact up to 2^53 ns (104 days). */
  monotonicNs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicNs: () => Math.round(performance.now() * 1e6),
};
