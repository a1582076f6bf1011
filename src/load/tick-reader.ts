import { untagged } from './metrics/metrics.ts';
import type { Tally } from './metrics/tally.ts';
import type { LoadTick } from './result.ts';

/** Takes looks at a run; each covers the time since the one before. */
export interface TickReader {
  read(): LoadTick;
}

/** Where the run stands, asked at every look. */
export interface RunState {
  elapsedMs(): number;
  progress(): number;
  /** What open models asked for so far; undefined if there are none. */
  offered(): number | undefined;
  lagMsMax(): number;
}

export function createTickReader(state: RunState, tally: Tally): TickReader {
  const { latency, counts, outcomes, runMetrics } = tally;
  let before = { elapsedMs: 0, requests: 0, offered: 0 };

  return {
    read() {
      tally.sampleTraffic();
      runMetrics.vus.add(counts.vusActive, untagged);
      runMetrics.vusMax.add(counts.vusMade, untagged);
      const offered = state.offered();
      const at = {
        elapsedMs: state.elapsedMs(),
        requests: outcomes.sent + outcomes.notSent,
        offered: offered ?? 0,
      };
      const seconds = Math.max(0.001, (at.elapsedMs - before.elapsedMs) / 1_000);
      const tick: LoadTick = {
        elapsedMs: at.elapsedMs,
        progress: state.progress(),
        activeVus: counts.vusActive,
        iterations: counts.iterations,
        droppedIterations: counts.dropped,
        outcomes: { ...outcomes },
        requestRate: (at.requests - before.requests) / seconds,
        ...(offered === undefined ? {} : { offeredRate: (at.offered - before.offered) / seconds }),
        latencyMs: {
          p50: latency.figure('p(50)') ?? 0,
          p95: latency.figure('p(95)') ?? 0,
          p99: latency.figure('p(99)') ?? 0,
          max: latency.figure('max') ?? 0,
        },
        eventLoopLagMsMax: state.lagMsMax(),
      };
      latency.reset();
      before = at;
      return tick;
    },
  };
}
