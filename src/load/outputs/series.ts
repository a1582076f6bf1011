import type { Metric, Tags } from '../metrics/metrics.ts';
import { createSink, type Sink } from '../metrics/sinks.ts';
import type { Sample } from './output.ts';

/** One number of one series, by Prometheus' rules for names and units. */
export interface SeriesValue {
  name: string;
  type: 'counter' | 'gauge';
  /** In the order of their names. */
  labels: [name: string, value: string][];
  value: number;
}

/** Samples added up per metric and tags, for Prometheus. */
export interface SeriesTable {
  add(sample: Sample): void;
  /** Where the series stand; with `changedOnly`, those with samples since they were last read. */
  read(filter?: { changedOnly?: boolean }): SeriesValue[];
  /** Samples that made no series because there were too many already. */
  leftOut(): number;
}

interface Series {
  metric: Metric;
  labels: SeriesValue['labels'];
  sink: Sink;
  changed: boolean;
}

/** A trend's histogram takes tens of kilobytes, and Prometheus suffers from many series as well. */
const SERIES_MAX = 2_000;

/** Different for nearly every sample; the tag `name` says what they have in common. */
const NEVER_LABELS = new Set(['url', 'error', 'vu', 'iter', 'ip']);

/**
 * Names, labels and units are those of k6's remote write: `k6_http_reqs_total`, `k6_checks_rate`, `k6_vus`, and a gauge
 * for each figure of a trend, `k6_http_req_duration_p99`, in seconds where k6 counts milliseconds.
 */
export function createSeriesTable(
  trendStats: string[],
  { seriesMax = SERIES_MAX }: { seriesMax?: number } = {},
): SeriesTable {
  const byMetric = new Map<Metric, Map<string, Series>>();
  const suffixes = trendStats.map((figure) => ({ figure, suffix: suffixOf(figure) }));
  let count = 0;
  let leftOut = 0;
  let latest: { tags: Tags; labels: Series['labels']; key: string } | undefined;

  function find({ metric, tags }: Sample): Series | undefined {
    if (latest?.tags !== tags) {
      const labels = labelsOf(tags);
      latest = { tags, labels, key: JSON.stringify(labels) };
    }
    let byLabels = byMetric.get(metric);
    if (!byLabels) {
      byLabels = new Map();
      byMetric.set(metric, byLabels);
    }
    let series = byLabels.get(latest.key);
    if (!series && count < seriesMax) {
      count += 1;
      series = { metric, labels: latest.labels, sink: createSink(metric.type), changed: false };
      byLabels.set(latest.key, series);
    }
    return series;
  }

  function* valuesOf({ metric, labels, sink }: Series): Generator<SeriesValue> {
    const name = `k6_${metric.name}`;
    const figure = (of: string): number => sink.figure(of, 0) ?? 0;
    switch (metric.type) {
      case 'counter':
        yield { name: `${name}_total`, type: 'counter', labels, value: figure('count') };
        break;
      case 'gauge':
        yield { name, type: 'gauge', labels, value: figure('value') };
        break;
      case 'rate':
        yield { name: `${name}_rate`, type: 'gauge', labels, value: figure('rate') };
        break;
      case 'trend':
        for (const { figure: of, suffix } of suffixes) {
          const scale = metric.contains === 'time' && of !== 'count' ? 1_000 : 1;
          const value = figure(of) / scale;
          yield { name: `${name}_${suffix}`, type: 'gauge', labels, value };
        }
    }
  }

  return {
    add(sample) {
      const series = find(sample);
      if (!series) {
        leftOut += 1;
        return;
      }
      series.sink.add(sample.value);
      series.changed = true;
    },
    read({ changedOnly = false } = {}) {
      const values: SeriesValue[] = [];
      for (const byLabels of byMetric.values()) {
        for (const series of byLabels.values()) {
          if (changedOnly && !series.changed) continue;
          series.changed = false;
          values.push(...valuesOf(series));
        }
      }
      return values;
    },
    leftOut: () => leftOut,
  };
}

/** `p(99.9)` is `p999`. */
const suffixOf = (figure: string): string => figure.replaceAll(/[().]/g, '');

function labelsOf(tags: Tags): Series['labels'] {
  return Object.entries(tags)
    .filter(([name, value]) => value !== '' && !NEVER_LABELS.has(name))
    .map(([name, value]): [string, string] => [labelName(name), value])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const labelName = (tag: string): string => tag.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_');
