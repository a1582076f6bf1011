import { summarizeMetrics, summaryData } from '../metrics/summary.ts';
import type { LoadResult } from '../result.ts';
import type { LoadParts } from './load-parts.ts';

/** The result of a load after its last function but `handleSummary`, which is called here with k6's summary. */
export async function makeResult(
  parts: LoadParts,
  generator: LoadResult['generator'],
): Promise<LoadResult> {
  const { tally, state, options, lifecycle } = parts;
  const { metrics, outcomes, checks, counts, exceptions } = tally;
  const elapsedMs = state.elapsedMs();
  const thresholds = parts.thresholds.results(elapsedMs);
  const figures = { elapsedMs, trendStats: options.summaryTrendStats };
  const summaries = summarizeMetrics(metrics, figures);
  const summaryOutput = await lifecycle.handleSummary((setupData) =>
    summaryData({
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
  const stoppedBy = state.stoppedBy();
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
    ...(stoppedBy ? { stoppedBy } : {}),
  };
}
