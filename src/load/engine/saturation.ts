import type { LoadResult } from '../result.ts';

/** Measurements of the load generator itself, over one run. */
export interface GeneratorFacts {
  elapsedMs: number;
  /** Iterations that were due while every VU was busy. */
  dropped: number;
  /** Iterations that the schedules of open models asked for; undefined without open models. */
  offered: number | undefined;
  /** 99th percentile of the lateness at which iterations of open models began, in milliseconds. */
  latenessMsP99: number;
  /** CPU time of all threads. */
  cpuSeconds: number;
  /** Of the thread where it is largest. */
  eventLoopLagMsP99: number;
  /** Number of threads that run VUs. */
  threads: number;
}

/**
 * Beyond these limits the generator, not the server, determines the measurements. A closed model promises no rate: its
 * VUs wait for their answers, and a slow generator only makes the sale a little slower, so its limit is higher.
 */
export const LIMITS = {
  eventLoopLagMsP99: { open: 200, closed: 1_000 },
  latenessMsP99: 250,
  droppedShare: 0.05,
  cpuShare: 0.95,
};

export function judgeGenerator(facts: GeneratorFacts): LoadResult['generator'] {
  const reasons = saturationReasons(facts);
  return {
    saturated: reasons.length > 0,
    reasons,
    eventLoopLagMsP99: facts.eventLoopLagMsP99,
    cpuSeconds: facts.cpuSeconds,
    ...(facts.offered === undefined ? {} : { offeredIterations: facts.offered }),
  };
}

/** One sentence for each sign that the generator could not keep up; none when it did. */
export function saturationReasons(facts: GeneratorFacts): string[] {
  const reasons = [lagReason(facts), latenessReason(facts), droppedReason(facts)];
  return reasons.filter((reason) => reason !== undefined);
}

function lagReason({ eventLoopLagMsP99, offered }: GeneratorFacts): string | undefined {
  const model = offered === undefined ? 'closed' : 'open';
  if (eventLoopLagMsP99 <= LIMITS.eventLoopLagMsP99[model]) return undefined;
  return `the load generator's event loop stood still for ${Math.round(eventLoopLagMsP99)} ms at the 99th percentile, so its latencies include its own waiting`;
}

function latenessReason(facts: GeneratorFacts): string | undefined {
  const { offered = 0, latenessMsP99, cpuSeconds, elapsedMs, threads } = facts;
  if (offered === 0 || latenessMsP99 <= LIMITS.latenessMsP99) return undefined;
  const cpuShare = cpuSeconds / (elapsedMs / 1_000) / threads;
  const cores = threads === 1 ? 'one core' : `${threads} cores`;
  const busy =
    cpuShare > LIMITS.cpuShare
      ? ` while the generator used ${Math.round(cpuShare * 100)} % of ${cores}`
      : '';
  return `iterations began ${Math.round(latenessMsP99)} ms late at the 99th percentile${busy}`;
}

function droppedReason({ offered = 0, dropped }: GeneratorFacts): string | undefined {
  if (offered === 0 || dropped <= offered * LIMITS.droppedShare) return undefined;
  return `${dropped} of ${offered} iterations were dropped because every VU was busy: the load asked for was not the load given (raise maxVUs, or lower the rate)`;
}
