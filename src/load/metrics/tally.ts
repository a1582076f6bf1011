import { createTraffic, type Traffic } from '../http/traffic.ts';
import { type CheckCounts, createCheckCounts, type DrainedChecks } from './checks.ts';
import { createExceptions, type DrainedExceptions, type Exceptions } from './exceptions.ts';
import { createHttpMetrics, type HttpMetrics } from './http-metrics.ts';
import {
  createMetrics,
  type DrainedMetric,
  type MetricSelector,
  type Metrics,
  type SampleObserver,
} from './metrics.ts';
import { noOutcomes, type OutcomeCounts } from './outcomes.ts';
import { createTotalRecorder, defineRunMetrics, type RunMetrics } from './run-metrics.ts';
import { type DrainedSink, TrendSink } from './sinks.ts';
import { parseSelector, type ThresholdOption } from './thresholds.ts';

/** All counts and metrics of a run, or of one worker's share. */
export interface Tally {
  metrics: Metrics;
  httpMetrics: HttpMetrics;
  runMetrics: RunMetrics;
  outcomes: OutcomeCounts;
  checks: CheckCounts;
  exceptions: Exceptions;
  traffic: Traffic;
  counts: RunCounts;
  /** Durations of requests since the last tick, measured from the scheduled time of each. */
  latency: TrendSink;
  /** Adds the bytes that have gone over the wire since the last call to `data_sent` and `data_received`. */
  sampleTraffic(): void;
  /** Removes and returns all counts as plain data, which can be sent to another thread. */
  drain(): DrainedTally;
  /** Adds the counts that another tally drained. */
  merge(drained: DrainedTally): void;
}

export interface RunCounts {
  iterations: number;
  interrupted: number;
  dropped: number;
  late: number;
  /** Calls under way. */
  inFlight: number;
  vusActive: number;
  vusMade: number;
}

export interface DrainedTally {
  metrics: DrainedMetric[];
  outcomes: OutcomeCounts;
  checks: DrainedChecks;
  exceptions: DrainedExceptions;
  counts: RunCounts;
  latency: DrainedSink | undefined;
}

export const noCounts = (): RunCounts => ({
  iterations: 0,
  interrupted: 0,
  dropped: 0,
  late: 0,
  inFlight: 0,
  vusActive: 0,
  vusMade: 0,
});

export function createTally(
  { thresholds }: { thresholds: ThresholdOption[] },
  deps: {
    describeError: (error: unknown) => string;
    log: (line: string) => void;
    observe: SampleObserver | undefined;
    /** True if the script has a `handleSummary`: k6 also gives it the durations of successful requests. */
    hasSummary?: boolean;
  },
): Tally {
  const named = thresholds.map(({ metric }) => metric);
  if (deps.hasSummary) named.push('http_req_duration{expected_response:true}');
  const metrics = createMetrics(
    [...new Set(named)].map((name) => parseSelector(name) as MetricSelector),
    deps.observe,
  );
  const httpMetrics = createHttpMetrics(metrics);
  const runMetrics = defineRunMetrics(metrics);
  const outcomes = noOutcomes();
  const checks = createCheckCounts();
  const exceptions = createExceptions({ describe: deps.describeError, log: deps.log });
  const traffic = createTraffic();
  const flowSent = createTotalRecorder(runMetrics.dataSent);
  const flowReceived = createTotalRecorder(runMetrics.dataReceived);
  const counts = noCounts();
  const latency = new TrendSink();

  function sampleTraffic(): void {
    const { sentBytes, receivedBytes } = traffic.totals();
    flowSent(sentBytes);
    flowReceived(receivedBytes);
  }

  return {
    metrics,
    httpMetrics,
    runMetrics,
    outcomes,
    checks,
    exceptions,
    traffic,
    counts,
    latency,
    sampleTraffic,
    drain() {
      sampleTraffic();
      return {
        metrics: metrics.drain(),
        outcomes: takeAll(outcomes),
        checks: checks.drain(),
        exceptions: exceptions.drain(),
        counts: takeAll(counts),
        latency: latency.drain(),
      };
    },
    merge(drained) {
      metrics.merge(drained.metrics);
      addAll(outcomes, drained.outcomes);
      checks.merge(drained.checks);
      exceptions.merge(drained.exceptions);
      addAll(counts, drained.counts);
      if (drained.latency) latency.merge(drained.latency);
    },
  };
}

type Numbers<T> = { [Name in keyof T]: number };

function takeAll<T extends Numbers<T>>(numbers: T): T {
  const taken = { ...numbers };
  for (const name in numbers) (numbers as Numbers<T>)[name] = 0;
  return taken;
}

function addAll<T extends Numbers<T>>(numbers: T, more: T): void {
  for (const name in more) (numbers as Numbers<T>)[name] += more[name];
}
