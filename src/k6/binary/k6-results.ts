import type { LoadSpec } from '../../load/engine/load-run.ts';
import { judgeGenerator } from '../../load/engine/saturation.ts';
import type { Exceptions } from '../../load/metrics/exceptions.ts';
import type { TagSource } from '../../load/metrics/metrics.ts';
import { addZeroSamples } from '../../load/metrics/run-metrics.ts';
import { summarizeMetrics } from '../../load/metrics/summary.ts';
import { createTally } from '../../load/metrics/tally.ts';
import { createThresholds } from '../../load/metrics/thresholds.ts';
import type { LoadResult, LoadTick } from '../../load/result.ts';
import { type Line, type Point, timeOf } from './k6-output.ts';
import { createNotedCalls } from './noted-calls.ts';
import { NOTE, NOTES, type Note } from './notes.ts';

/** Counts k6's samples as the engine counts its own. */
export interface K6Results {
  add(line: Line): void;
  tick(): LoadTick;
  /** What `handleSummary` left, once k6 has come to its end. */
  summary(): Extract<Line, { type: 'Summary' }> | undefined;
  /** Iterations that began. */
  begun(): number;
  exceptions: Exceptions;
  conclude(stoppedBy: LoadResult['stoppedBy']): LoadResult;
}

export function createK6Results(spec: LoadSpec): K6Results {
  const { script, clock, target, history, log = () => {} } = spec;
  const { options } = script;
  const tally = createTally(options, { describeError: String, log, observe: spec.observe });
  const { metrics, counts, outcomes, checks, exceptions, latency } = tally;
  addZeroSamples(metrics);
  const thresholds = createThresholds(options.thresholds, metrics);
  const calls = createNotedCalls({ target, history, outcomes, toMs: matchClocks(clock) });
  let iterationsOpen = 0;
  let startedAtMs: number | undefined;
  let summary: ReturnType<K6Results['summary']>;
  let before = { atMs: clock.nowMs(), requests: 0, offered: 0 };

  const openScenarios = new Set(
    options.scenarios.flatMap(({ name, plan }) => (plan.offeredBy ? [name] : [])),
  );
  const endsAtMs = Math.max(
    ...options.scenarios.map(({ startTimeMs, plan }) => startTimeMs + plan.durationMs),
  );
  const planned = options.scenarios.every(({ plan }) => plan.iterations !== undefined)
    ? options.scenarios.reduce((sum, { plan }) => sum + (plan.iterations as number), 0)
    : undefined;

  const offered = (): number => iterationsOpen + counts.dropped;
  const elapsedMs = (): number =>
    summary?.testRunDurationMs ?? (startedAtMs === undefined ? 0 : clock.nowMs() - startedAtMs);

  function progress(): number {
    if (summary) return 1;
    const ofTime = elapsedMs() / endsAtMs;
    return Math.min(
      1,
      Math.max(ofTime, planned ? (counts.iterations + counts.dropped) / planned : 0),
    );
  }

  function addPoint(name: string, point: Point): void {
    const { value, tags } = point;
    startedAtMs ??= clock.nowMs();
    const source: TagSource = { tag: (tag) => tags?.[tag], allTags: () => tags ?? {} };
    if (name === NOTES) {
      const note = JSON.parse(point.metadata?.[NOTE] as string) as Note;
      calls.add(note, timeOf(point));
      return;
    }
    metrics.get(name)?.add(value, source);
    switch (name) {
      case 'iterations':
        counts.iterations += value;
        if (openScenarios.has(tags?.scenario ?? '')) iterationsOpen += value;
        break;
      case 'dropped_iterations':
        counts.dropped += value;
        break;
      case 'checks':
        checks.count(tags?.group ?? '', tags?.check ?? '', value !== 0);
        break;
      case 'http_req_duration':
        latency.add(value);
        break;
      case 'vus':
        counts.vusActive = value;
        break;
    }
  }

  return {
    add(line) {
      if (line.type === 'Summary') summary = line;
      else if (line.type === 'Point') addPoint(line.metric, line.data);
      else if (line.metric !== NOTES)
        metrics.define(line.metric, line.data.type, line.data.contains);
    },
    tick() {
      calls.settle();
      const at = {
        atMs: clock.nowMs(),
        requests: outcomes.sent + outcomes.notSent,
        offered: offered(),
      };
      const seconds = Math.max(0.001, (at.atMs - before.atMs) / 1_000);
      const tick: LoadTick = {
        elapsedMs: elapsedMs(),
        progress: progress(),
        activeVus: summary ? 0 : counts.vusActive,
        iterations: counts.iterations,
        droppedIterations: counts.dropped,
        outcomes: { ...outcomes },
        requestRate: (at.requests - before.requests) / seconds,
        ...(openScenarios.size === 0
          ? {}
          : { offeredRate: (at.offered - before.offered) / seconds }),
        latencyMs: {
          p50: latency.figure('p(50)') ?? 0,
          p95: latency.figure('p(95)') ?? 0,
          p99: latency.figure('p(99)') ?? 0,
          max: latency.figure('max') ?? 0,
        },
        eventLoopLagMsMax: 0,
      };
      latency.reset();
      before = at;
      return tick;
    },
    summary: () => summary,
    begun: calls.begun,
    exceptions,
    conclude(stoppedBy) {
      calls.end();
      return {
        elapsedMs: elapsedMs(),
        outcomes,
        iterations: counts.iterations,
        droppedIterations: counts.dropped,
        interruptedIterations: Math.max(0, calls.begun() - counts.iterations),
        exceptions: {
          ...exceptions.result(),
          ...(options.allowExceptions ? { allowed: true } : {}),
        },
        metrics: summarizeMetrics(metrics, {
          elapsedMs: elapsedMs(),
          trendStats: options.summaryTrendStats,
        }),
        checks: checks.all(),
        thresholds: thresholds.results(elapsedMs()),
        // All that k6 tells of itself is what it dropped.
        generator: judgeGenerator({
          elapsedMs: elapsedMs(),
          dropped: counts.dropped,
          offered: openScenarios.size === 0 ? undefined : offered(),
          latenessMsP99: 0,
          cpuSeconds: 0,
          eventLoopLagMsP99: 0,
          threads: 1,
        }),
        ...(stoppedBy ? { stoppedBy } : {}),
      };
    },
  };
}

/**
 * How our wall clock and our monotonic one stand to each other, so that k6's times can be told on the latter. Waits for
 * the wall clock's next millisecond, because it shows no smaller parts.
 */
function matchClocks(clock: LoadSpec['clock']): (wallMs: number) => number {
  const early = clock.nowMs();
  let wallMs = early;
  while (wallMs === early) wallMs = clock.nowMs();
  const startMs = clock.monotonicNs() / 1e6;
  return (atMs) => startMs + (atMs - wallMs);
}
