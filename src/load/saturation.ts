import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoadResult } from './result.ts';

/** Watches one thread's event loop while it fires: numbers taken by a generator at its limits say nothing about the server. */
export interface EventLoopWatch {
  /** Longest the event loop stood still since the last look, in milliseconds. */
  takeLagMsMax(): number;
  stop(): void;
  lagMsP99(): number;
}

export interface GeneratorFacts {
  elapsedMs: number;
  /** Iterations that were due while every buyer was busy. */
  dropped: number;
  /** What the schedules of the open models asked for; undefined if there are none. */
  offered: number | undefined;
  /** 99th percentile of how late iterations of open models began, in milliseconds. */
  latenessMsP99: number;
  /** CPU time of all threads. */
  cpuSeconds: number;
  /** Of the thread that stood still the longest. */
  eventLoopLagMsP99: number;
  /** Threads that fire. */
  threads: number;
}

/**
 * Beyond these the generator, not the server, shapes the numbers. A closed model promises no rate: its buyers wait for
 * their answers, and a generator that hesitates only makes the sale a little slower, so it is given more room.
 */
export const LIMITS = {
  eventLoopLagMsP99: { open: 200, closed: 1_000 },
  latenessMsP99: 250,
  droppedShare: 0.05,
  cpuShare: 0.95,
};

const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

export function watchEventLoop(): EventLoopWatch {
  const whole = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const interval = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  whole.enable();
  interval.enable();
  // The monitor samples by a timer of its own, whose period is part of every sample.
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

/** CPU seconds of the whole process from now on. */
export function watchCpu(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}

export function judgeGenerator(facts: GeneratorFacts): LoadResult['generator'] {
  const reasons = reasonsFor(facts);
  return {
    saturated: reasons.length > 0,
    reasons,
    eventLoopLagMsP99: facts.eventLoopLagMsP99,
    cpuSeconds: facts.cpuSeconds,
    ...(facts.offered === undefined ? {} : { offeredIterations: facts.offered }),
  };
}

/** Every sign that the generator could not keep up, in plain words; none when it did. */
export function reasonsFor(facts: GeneratorFacts): string[] {
  const { cpuSeconds, eventLoopLagMsP99, threads } = facts;
  const reasons: string[] = [];
  const model = facts.offered === undefined ? 'closed' : 'open';
  if (eventLoopLagMsP99 > LIMITS.eventLoopLagMsP99[model]) {
    reasons.push(
      `the load generator's event loop stood still for ${Math.round(eventLoopLagMsP99)} ms at the 99th percentile, so its latencies include its own waiting`,
    );
  }
  if (facts.offered === undefined || facts.offered === 0) return reasons;

  const cpuShare = cpuSeconds / (facts.elapsedMs / 1_000) / threads;
  if (facts.latenessMsP99 > LIMITS.latenessMsP99) {
    const busy =
      cpuShare > LIMITS.cpuShare
        ? ` while the generator used ${Math.round(cpuShare * 100)} % of ${threads === 1 ? 'one core' : `${threads} cores`}`
        : '';
    reasons.push(
      `iterations began ${Math.round(facts.latenessMsP99)} ms late at the 99th percentile${busy}`,
    );
  }
  if (facts.dropped > facts.offered * LIMITS.droppedShare) {
    reasons.push(
      `${facts.dropped} of ${facts.offered} iterations were dropped because every VU was busy: the load asked for was not the load given (raise maxVUs, or lower the rate)`,
    );
  }
  return reasons;
}
