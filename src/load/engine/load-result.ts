import { summarizeMetrics } from '../metrics/summary.ts';
import type { LoadResult } from '../result.ts';
import { phasesOf } from '../schedule/load-phases.ts';
import type { LoadParts } from './load-parts.ts';

/** The result of a load after its last function but `handleSummary`, which is called here with the summary. */
export async function makeResult(
  parts: LoadParts,
  generator: LoadResult['generator'],
): Promise<LoadResult> {
  const { tally, state, options } = parts;
  const { metrics, outcomes, checks, counts, exceptions } = tally;
  const elapsedMs = state.elapsedMs();
  const thresholds = parts.thresholds.results(elapsedMs);
  const summaries = summarizeMetrics(metrics, {
    elapsedMs,
    trendStats: options.summaryTrendStats,
    // As in k6, a metric of the script that a threshold names is summarized without samples as well.
    named: options.thresholds.map(({ metric }) => metric),
  });
  const summaryOutput = await summarizeForScript(parts, thresholds);
  const stoppedBy = state.stoppedBy();
  const startedAtNs = state.startedAtNs();
  const { failed, ...thrown } = exceptions.result();
  return {
    elapsedMs,
    outcomes,
    iterations: counts.iterations,
    droppedIterations: counts.dropped,
    interruptedIterations: counts.interrupted,
    exceptions: {
      ...thrown,
      ...(options.allowExceptions && failed === 0 ? { allowed: true } : {}),
    },
    metrics: summaries,
    checks: checks.all(),
    groups: checks.groups(),
    thresholds,
    generator,
    ...(summaryOutput ? { summaryOutput } : {}),
    ...(startedAtNs !== undefined && {
      course: { startedAtNs, phases: phasesOf(options.scenarios, elapsedMs) },
    }),
    ...(stoppedBy ? { stoppedBy } : {}),
  };
}

/** Calls the script's `handleSummary` with the summary of what has happened so far. */
export async function summarizeForScript(
  { tally, state, options, lifecycle, summarize, thresholds: judged }: LoadParts,
  thresholds = judged.results(state.elapsedMs()),
): Promise<LoadResult['summaryOutput']> {
  const { metrics, checks } = tally;
  const figures = { elapsedMs: state.elapsedMs(), trendStats: options.summaryTrendStats };
  return await lifecycle.handleSummary((setupData) =>
    summarize({
      // A threshold without data is missed, and the script's summary has to contain its metric.
      metrics: summarizeMetrics(metrics, {
        ...figures,
        named: options.thresholds.map(({ metric }) => metric),
      }),
      thresholds,
      checks: checks.all(),
      groups: checks.groups(),
      ...figures,
      timeUnit: String(options.exported.summaryTimeUnit ?? ''),
      setupData,
    }),
  );
}
