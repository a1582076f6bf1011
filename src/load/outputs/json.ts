import { openChunkedFile } from '../../history/chunked-file.ts';
import type { Metric, Tags } from '../metrics/metrics.ts';
import type { OpenOutput, OutputContext } from './output.ts';

/**
 * k6's JSON output: a line that describes each metric before its first sample, and a line for each sample.
 *
 *     {"type":"Metric","data":{"name":"http_reqs","type":"counter",…},"metric":"http_reqs"}
 *     {"metric":"http_reqs","type":"Point","data":{"time":"2026-…Z","value":1,"tags":{…}}}
 */
export const openJson: OpenOutput = async (path, context) => {
  const file = openChunkedFile(path, { name: 'the output', option: '--out json=FILE' });
  const described = new Set<Metric>();
  let latest: { tags: Tags; json: string } | undefined;

  return {
    add({ metric, value, timeMs, tags }) {
      if (!described.has(metric)) {
        described.add(metric);
        file.append(`${JSON.stringify(describeMetric(metric, context))}\n`);
      }
      if (latest?.tags !== tags) latest = { tags, json: JSON.stringify(tags) };
      file.append(
        `{"metric":"${metric.name}","type":"Point","data":{"time":"${new Date(timeMs).toISOString()}",` +
          `"value":${value},"tags":${latest.json}}}\n`,
      );
    },
    close: file.close,
  };
};

function describeMetric(
  { name, type, contains, subMetrics }: Metric,
  { options }: OutputContext,
): object {
  return {
    type: 'Metric',
    data: {
      name,
      type,
      contains,
      thresholds: options.thresholds.flatMap(({ metric, expression }) =>
        metric === name ? [expression] : [],
      ),
      submetrics:
        subMetrics.length === 0
          ? null
          : subMetrics.map((subMetric) => ({
              name: subMetric.name,
              suffix: subMetric.name.slice(name.length + 1, -1),
              tags: Object.fromEntries(subMetric.tags),
            })),
    },
    metric: name,
  };
}
