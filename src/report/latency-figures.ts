import { formatMs } from '../kernel/format.ts';
import type { LoadResult } from '../load/result.ts';

/** Figures of a latency by k6's names. */
const FIGURES = ['avg', 'min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'];

/** The latency from the scheduled time comes first: a VU that started late kept its buyer waiting as well. */
export const LATENCIES = {
  flashsale_scheduled_duration: 'from schedule',
  http_req_duration: 'from send',
};

/**
 * The latencies of a load as a table: a row for each that was measured, a column for each figure that one of them has.
 *
 * @param latencies the headings of the rows, by the names of the metrics
 */
export function latencyFigures(
  metrics: LoadResult['metrics'],
  latencies: Record<string, string> = LATENCIES,
): { figures: string[]; rows: string[][] } {
  const measured = Object.entries(latencies).flatMap(([metric, label]) => {
    const values = metrics[metric]?.values;
    return values === undefined ? [] : [{ label, values }];
  });
  const figures = FIGURES.filter((name) => measured.some(({ values }) => name in values));
  const rows = measured.map(({ label, values }) => [
    label,
    ...figures.map((name) => (values[name] === undefined ? '–' : formatMs(values[name]))),
  ]);
  return { figures, rows };
}
