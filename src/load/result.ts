import type { CheckCount } from './metrics/checks.ts';
import type { OutcomeCounts } from './metrics/outcomes.ts';
import type { MetricSummary } from './metrics/summary.ts';
import type { SummaryOutput } from './metrics/summary-output.ts';
import type { ThresholdResult } from './metrics/thresholds.ts';

/**
 * What the engine tells while it runs and when it has ended. Plain data: the screens, the JSON document and the
 * thresholds are all fed from these two shapes.
 */

export interface LatencyMs {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** One look at a running load, taken a few times a second. */
export interface LoadTick {
  elapsedMs: number;
  /** 0…1 of the scenario's planned iterations or duration. */
  progress: number;
  activeVus: number;
  iterations: number;
  droppedIterations: number;
  outcomes: OutcomeCounts;
  /** Requests per second since the last tick. */
  requestRate: number;
  /** Iterations per second the schedule asked for since the last tick; absent for closed models. */
  offeredRate?: number;
  /** Of the requests since the last tick, from the scheduled time. */
  latencyMs: LatencyMs;
  eventLoopLagMsMax: number;
}

export interface LoadResult {
  elapsedMs: number;
  outcomes: OutcomeCounts;
  iterations: number;
  droppedIterations: number;
  interruptedIterations: number;
  /** Iterations that threw, with the first messages; any fails the run unless its options allow them. */
  exceptions: { count: number; first: string[]; allowed?: boolean };
  metrics: Record<string, MetricSummary>;
  checks: CheckCount[];
  thresholds: ThresholdResult[];
  /** Whether the generator itself was the bottleneck, and how it knows. */
  generator: {
    saturated: boolean;
    reasons: string[];
    eventLoopLagMsP99: number;
    cpuSeconds: number;
    offeredIterations?: number;
  };
  /** What the script's own `handleSummary` gave out; its files are already written. Absent without one. */
  summaryOutput?: SummaryOutput;
  /** Why the load ended before its plan did; absent when it ran to the end. */
  stoppedBy?: 'interrupt' | 'threshold' | 'script-abort';
}
