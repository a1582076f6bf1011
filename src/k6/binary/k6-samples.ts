import type { LoadSpec } from '../../load/engine/load-run.ts';
import type { TagSource } from '../../load/metrics/metrics.ts';
import { addZeroSamples } from '../../load/metrics/run-metrics.ts';
import { createTally, type Tally } from '../../load/metrics/tally.ts';
import { type OutputLine, type Point, timeOf } from './k6-output.ts';
import { createNotedCalls, type NotedCalls } from './noted-calls.ts';
import { NOTE, NOTES, type Note } from './notes.ts';

/** Counts k6's samples as the engine counts its own. */
export interface K6Samples {
  tally: Tally;
  /** The calls, recorded from the notes among the samples. */
  calls: NotedCalls;
  define(line: Extract<OutputLine, { type: 'Metric' }>): void;
  add(line: Extract<OutputLine, { type: 'Point' }>): void;
  /** The time of the first sample on our clock; undefined before it. */
  startedAtMs(): number | undefined;
  /** The iterations that arrival rates have asked for so far; undefined if no scenario has an arrival rate. */
  offered(): number | undefined;
}

export function createK6Samples({
  script: { options },
  clock,
  target,
  history,
  observe,
  log = () => {},
}: LoadSpec): K6Samples {
  const tally = createTally(options, { describeError: String, log, observe });
  const { metrics, counts, outcomes, checks, latency } = tally;
  addZeroSamples(metrics);
  const calls = createNotedCalls({ target, history, outcomes, toMs: matchClocks(clock) });
  const openScenarios = new Set(
    options.scenarios.flatMap(({ name, plan }) => (plan.offeredBy ? [name] : [])),
  );
  let iterationsOfOpenScenarios = 0;
  let startedAtMs: number | undefined;

  function addNote(point: Point): void {
    calls.add(JSON.parse(point.metadata?.[NOTE] as string) as Note, timeOf(point));
  }

  function count(name: string, { value, tags }: Point): void {
    switch (name) {
      case 'iterations':
        counts.iterations += value;
        if (openScenarios.has(tags?.scenario ?? '')) iterationsOfOpenScenarios += value;
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
    tally,
    calls,
    define({ metric, data }) {
      if (metric !== NOTES) metrics.define(metric, data.type, data.contains);
    },
    add({ metric, data }) {
      startedAtMs ??= clock.nowMs();
      if (metric === NOTES) {
        addNote(data);
        return;
      }
      const { tags } = data;
      const source: TagSource = { tag: (tag) => tags?.[tag], allTags: () => tags ?? {} };
      metrics.get(metric)?.add(data.value, source);
      count(metric, data);
    },
    startedAtMs: () => startedAtMs,
    offered: () =>
      openScenarios.size === 0 ? undefined : iterationsOfOpenScenarios + counts.dropped,
  };
}

/**
 * Makes the function that converts wall times, which k6 writes, to times of our monotonic clock. It waits for the next
 * millisecond of the wall clock, because that clock shows whole milliseconds only.
 */
function matchClocks(clock: LoadSpec['clock']): (wallMs: number) => number {
  const early = clock.nowMs();
  let wallMs = early;
  while (wallMs === early) wallMs = clock.nowMs();
  const startMs = clock.monotonicNs() / 1e6;
  return (atMs) => startMs + (atMs - wallMs);
}
