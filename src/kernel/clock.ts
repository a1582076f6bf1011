import { performance } from 'node:perf_hooks';

/**
 * The two times that the product reads. Tests and simulations pass a clock of their own. Wall time may jump; monotonic
 * time never goes back, so intervals are measured with it.
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

/** The zero of a clock's monotonic time, on the monotonic time of the machine, which all threads share. */
export const originOf = (clock: Clock): bigint =>
  process.hrtime.bigint() - BigInt(clock.monotonicNs());

/** Creates a clock with this origin. A thread needs one because its own monotonic time begins with the thread. */
export function clockSince(originNs: bigint): Clock {
  const aheadNs = Number(process.hrtime.bigint() - originNs) - performance.now() * 1e6;
  return {
    nowMs: () => Date.now(),
    monotonicNs: () => Math.round(performance.now() * 1e6 + aheadNs),
  };
}
