import type { LoadSpec } from '../../load/engine/load-run.ts';
import { judgeGenerator } from '../../load/engine/saturation.ts';
import type { Exceptions } from '../../load/metrics/exceptions.ts';
import { summarizeMetrics } from '../../load/metrics/summary.ts';
import type { Tally } from '../../load/metrics/tally.ts';
import { createThresholds } from '../../load/metrics/thresholds.ts';
import type { LoadResult, LoadTick } from '../../load/result.ts';
import { phasesOf } from '../../load/schedule/load-phases.ts';
import type { OutputLine } from './k6-output.ts';
import { createK6Samples } from './k6-samples.ts';

type Summary = Extract<OutputLine, { type: 'Summary' }>;

/** Makes ticks and the result of a run from k6's output. */
export interface K6Results {
  add(line: OutputLine): void;
  tick(): LoadTick;
  /** The line that `handleSummary` printed; undefined before the end of k6. */
  summary(): Summary | undefined;
  /** The number of iterations that began. */
  iterationsBegun(): number;
  exceptions: Exceptions;
  /** Ends the calls that are still in flight, and makes the result. */
  finish(stoppedBy: LoadResult['stoppedBy']): LoadResult;
}

export function createK6Results(spec: LoadSpec): K6Results {
  const { clock } = spec;
  const { options } = spec.script;
  const samples = createK6Samples(spec);
  const { tally, calls } = samples;
  const { metrics, counts, outcomes, checks, exceptions } = tally;
  // k6 tells of a metric with its first sample, and a counter without one has counted to 0.
  for (const { name, type, contains } of spec.script.customMetrics) {
    metrics.define(name, type, contains);
  }
  const thresholds = createThresholds(options.thresholds, metrics);
  const plan = planOf(options.scenarios);
  let summary: Summary | undefined;
  let before = { atMs: clock.nowMs(), requests: 0, offered: 0 };

  function elapsedMs(): number {
    if (summary) return summary.testRunDurationMs;
    const startedAtMs = samples.startedAtMs();
    return startedAtMs === undefined ? 0 : clock.nowMs() - startedAtMs;
  }

  /** k6 tells the time of day at which it began. */
  function course(): LoadResult['course'] {
    const startedAtMs = samples.startedAtMs();
    if (startedAtMs === undefined) return undefined;
    const startedAtNs = Math.round(clock.monotonicNs() - (clock.nowMs() - startedAtMs) * 1e6);
    return { startedAtNs, phases: phasesOf(options.scenarios, elapsedMs()) };
  }

  function progress(): number {
    if (summary) return 1;
    const ofTime = elapsedMs() / plan.endsAtMs;
    const ofIterations = plan.iterations
      ? (counts.iterations + counts.dropped) / plan.iterations
      : 0;
    return Math.min(1, Math.max(ofTime, ofIterations));
  }

  return {
    add(line) {
      if (line.type === 'Summary') summary = line;
      else if (line.type === 'Point') samples.add(line);
      else samples.define(line);
    },
    tick() {
      calls.settle();
      const offered = samples.offered();
      const at = {
        atMs: clock.nowMs(),
        requests: outcomes.sent + outcomes.notSent,
        offered: offered ?? 0,
      };
      const seconds = Math.max(0.001, (at.atMs - before.atMs) / 1_000);
      const tick: LoadTick = {
        elapsedMs: elapsedMs(),
        progress: progress(),
        activeVus: summary ? 0 : counts.vusActive,
        iterations: counts.iterations,
        droppedIterations: counts.dropped,
        ...(offered === undefined ? {} : { offeredIterations: offered }),
        outcomes: { ...outcomes },
        requestRate: (at.requests - before.requests) / seconds,
        ...(offered === undefined ? {} : { offeredRate: (at.offered - before.offered) / seconds }),
        latencyMs: takeLatency(tally.latency),
        eventLoopLagMsMax: 0,
      };
      before = at;
      return tick;
    },
    summary: () => summary,
    iterationsBegun: calls.iterationsBegun,
    exceptions,
    finish(stoppedBy) {
      calls.end();
      const { failed, ...thrown } = exceptions.result();
      return {
        elapsedMs: elapsedMs(),
        outcomes,
        iterations: counts.iterations,
        droppedIterations: counts.dropped,
        interruptedIterations: Math.max(0, calls.iterationsBegun() - counts.iterations),
        exceptions: {
          ...thrown,
          ...(options.allowExceptions && failed === 0 ? { allowed: true } : {}),
        },
        metrics: summarizeMetrics(metrics, {
          elapsedMs: elapsedMs(),
          trendStats: options.summaryTrendStats,
        }),
        checks: checks.all(),
        groups: checks.groups(),
        thresholds: thresholds.results(elapsedMs()),
        // Dropped iterations are the only figure that k6 gives of its own work.
        generator: judgeGenerator({
          elapsedMs: elapsedMs(),
          dropped: counts.dropped,
          offered: samples.offered(),
          latenessMsP99: 0,
          cpuSeconds: 0,
          eventLoopLagMsP99: 0,
          threads: 1,
        }),
        course: course(),
        ...(stoppedBy ? { stoppedBy } : {}),
      };
    },
  };
}

/** The planned length of a run, and its planned number of iterations, if all scenarios have one. */
function planOf(scenarios: LoadSpec['script']['options']['scenarios']): {
  endsAtMs: number;
  iterations: number | undefined;
} {
  const counts = scenarios.map(({ plan }) => plan.iterations);
  return {
    endsAtMs: Math.max(...scenarios.map(({ startTimeMs, plan }) => startTimeMs + plan.durationMs)),
    iterations: counts.includes(undefined)
      ? undefined
      : counts.reduce((sum: number, count) => sum + (count as number), 0),
  };
}

/** The latency of the requests since the last call. */
function takeLatency(latency: Tally['latency']): LoadTick['latencyMs'] {
  const figures = {
    p50: latency.figure('p(50)') ?? 0,
    p95: latency.figure('p(95)') ?? 0,
    p99: latency.figure('p(99)') ?? 0,
    max: latency.figure('max') ?? 0,
  };
  latency.reset();
  return figures;
}
