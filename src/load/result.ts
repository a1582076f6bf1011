import type { CheckCount } from './metrics/checks.ts';
import type { OutcomeCounts } from './metrics/outcomes.ts';
import type { MetricSummary } from './metrics/summary.ts';
import type { SummaryOutput } from './metrics/summary-output.ts';
import type { ThresholdResult } from './metrics/thresholds.ts';
import type { LoadPhase } from './schedule/load-phases.ts';

/** Durations of requests in milliseconds, measured from the scheduled time of each. */
export interface LatencyMs {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** The state of a running load, several times a second. Plain data, like the result: screens and reports read both. */
export interface LoadTick {
  elapsedMs: number;
  /** The finished part of the planned iterations or duration, from 0 to 1. */
  progress: number;
  activeVus: number;
  iterations: number;
  droppedIterations: number;
  /** Iterations that the schedules of open models asked for so far; absent for closed models. */
  offeredIterations?: number;
  /** Iterations of open models that began later than a generator may that is not saturated; k6 does not tell. */
  lateIterations?: number;
  /** Requests that were sent and have no answer yet; k6 does not tell. */
  requestsInFlight?: number;
  outcomes: OutcomeCounts;
  /** Requests per second since the last tick. */
  requestRate: number;
  /** Scheduled iterations per second since the last tick; absent for closed models. */
  offeredRate?: number;
  /** Of the requests since the last tick. */
  latencyMs: LatencyMs;
  eventLoopLagMsMax: number;
}

/** The result of a load that has ended. */
export interface LoadResult {
  elapsedMs: number;
  outcomes: OutcomeCounts;
  iterations: number;
  droppedIterations: number;
  interruptedIterations: number;
  /** The number of exceptions and the first messages. Exceptions fail the run unless `allowed`. */
  exceptions: { count: number; first: string[]; allowed?: boolean };
  metrics: Record<string, MetricSummary>;
  checks: CheckCount[];
  /** The paths of the groups in which something ran: `::checkout::pay`, empty at the top. */
  groups: string[];
  thresholds: ThresholdResult[];
  /** The state of the load generator: `saturated` if it was the bottleneck, for these `reasons`. */
  generator: {
    saturated: boolean;
    reasons: string[];
    eventLoopLagMsP99: number;
    cpuSeconds: number;
    offeredIterations?: number;
  };
  /** The output of the script's `handleSummary`; absent if the script has none. */
  summaryOutput?: SummaryOutput;
  /** When the load began, by the monotonic clock, and the parts of its plan that ran; absent for one that never began. */
  course?: { startedAtNs: number; phases: LoadPhase[] } | undefined;
  /** The reason for an early end; absent for a load that completed its plan. */
  stoppedBy?: 'interrupt' | 'threshold' | 'script-abort' | 'target-gone' | 'violation';
}
