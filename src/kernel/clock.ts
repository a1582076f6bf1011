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

/** Where a clock's monotonic zero stands on the machine's own, which all threads share. */
export const originOf = (clock: Clock): bigint =>
  process.hrtime.bigint() - BigInt(clock.monotonicNs());

/** The clock with that origin, for a thread whose own began when the thread did. */
export function clockSince(originNs: bigint): Clock {
  const aheadNs = Number(process.hrtime.bigint() - originNs) - performance.now() * 1e6;
  return {
    nowMs: () => Date.now(),
    monotonicNs: () => Math.round(performance.now() * 1e6 + aheadNs),
  };
}
