import { untagged } from './metrics.ts';
import type { LoadTick, OutcomeCounts } from './result.ts';
import { createFlowMeter, type RunMetrics } from './run-metrics.ts';
import { TrendSink } from './sinks.ts';
import type { Traffic } from './traffic.ts';

/** Takes looks at a run; each covers the time since the one before. */
export interface Look {
  take(): LoadTick;
  /** One request's time from the moment it was due to its answer. */
  addLatency(latencyMs: number): void;
}

/** Where the run stands, asked at every look. */
export interface RunState {
  elapsedMs(): number;
  progress(): number;
  activeVus(): number;
  madeVus(): number;
  iterations(): number;
  droppedIterations(): number;
  /** What open models asked for so far; undefined if there are none. */
  offered(): number | undefined;
  lagMsMax(): number;
}

export function createLook(
  state: RunState,
  {
    outcomes,
    traffic,
    metrics,
  }: { outcomes: OutcomeCounts; traffic: Traffic; metrics: RunMetrics },
): Look {
  const latency = new TrendSink();
  const flowSent = createFlowMeter(metrics.dataSent);
  const flowReceived = createFlowMeter(metrics.dataReceived);
  let before = { elapsedMs: 0, requests: 0, offered: 0 };

  function sampleGauges(): void {
    const { sentBytes, receivedBytes } = traffic.totals();
    flowSent(sentBytes);
    flowReceived(receivedBytes);
    metrics.vus.add(state.activeVus(), untagged);
    metrics.vusMax.add(state.madeVus(), untagged);
  }

  return {
    addLatency: (latencyMs) => latency.add(latencyMs),
    take() {
      sampleGauges();
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
        activeVus: state.activeVus(),
        iterations: state.iterations(),
        droppedIterations: state.droppedIterations(),
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
