import { untagged } from '../metrics/metrics.ts';
import type { Tally } from '../metrics/tally.ts';
import type { LoadTick } from '../result.ts';
import type { Crew } from './crew.ts';

/** Reads the state of a run; each tick covers the time since the one before. */
export interface TickReader {
  read(): LoadTick;
}

export interface TickReaderDeps {
  elapsedMs(): number;
  crew: Pick<Crew, 'progress' | 'offered' | 'takeLagMsMax'>;
}

export function createTickReader({ elapsedMs, crew }: TickReaderDeps, tally: Tally): TickReader {
  const { latency, counts, outcomes, runMetrics } = tally;
  let before = { elapsedMs: 0, requests: 0, offered: 0 };

  return {
    read() {
      tally.sampleTraffic();
      runMetrics.vus.add(counts.vusActive, untagged);
      runMetrics.vusMax.add(counts.vusMade, untagged);
      const offered = crew.offered();
      const at = {
        elapsedMs: elapsedMs(),
        requests: outcomes.sent + outcomes.notSent,
        offered: offered ?? 0,
      };
      const seconds = Math.max(0.001, (at.elapsedMs - before.elapsedMs) / 1_000);
      const tick: LoadTick = {
        elapsedMs: at.elapsedMs,
        progress: crew.progress(),
        activeVus: counts.vusActive,
        iterations: counts.iterations,
        droppedIterations: counts.dropped,
        ...(offered === undefined ? {} : { offeredIterations: offered }),
        lateIterations: counts.late,
        requestsInFlight: counts.inFlight,
        outcomes: { ...outcomes },
        requestRate: (at.requests - before.requests) / seconds,
        ...(offered === undefined ? {} : { offeredRate: (at.offered - before.offered) / seconds }),
        latencyMs: {
          p50: latency.figure('p(50)') ?? 0,
          p95: latency.figure('p(95)') ?? 0,
          p99: latency.figure('p(99)') ?? 0,
          max: latency.figure('max') ?? 0,
        },
        eventLoopLagMsMax: crew.takeLagMsMax(),
      };
      latency.reset();
      before = at;
      return tick;
    },
  };
}
