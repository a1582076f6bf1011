import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Measures the lag of one thread's event loop while it sends load. */
export interface EventLoopWatch {
  /** Longest time the event loop was blocked since the last call, in milliseconds. */
  takeLagMsMax(): number;
  stop(): void;
  lagMsP99(): number;
}

const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

export function watchEventLoop(): EventLoopWatch {
  const whole = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const interval = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  whole.enable();
  interval.enable();
  // The monitor samples with a timer of its own, and every sample contains that timer's period.
  const lagMs = (ns: number): number =>
    Number.isFinite(ns) ? Math.max(0, ns / NS_PER_MS - RESOLUTION_MS) : 0;

  return {
    takeLagMsMax() {
      const max = lagMs(interval.max);
      interval.reset();
      return max;
    },
    stop() {
      whole.disable();
      interval.disable();
    },
    lagMsP99: () => lagMs(whole.percentile(99)),
  };
}

/** Returns a function that returns the CPU seconds of the whole process since this call. */
export function watchCpu(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}
