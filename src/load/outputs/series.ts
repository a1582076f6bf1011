import { UserError } from '../../kernel/errors.ts';
import type { Metric, Tags } from '../metrics/metrics.ts';
import { createSink, type Sink } from '../metrics/sinks.ts';
import { nativeHistogram } from './native-histogram.ts';
import type { Sample } from './output.ts';
import type { Exemplar, SeriesValue } from './series-value.ts';

/** Aggregates samples by metric and tags, for Prometheus. */
export interface SeriesTable {
  add(sample: Sample): void;
  /** The present value of each series; with `changedOnly`, of the series with new samples since the last read. */
  read(filter?: { changedOnly?: boolean }): SeriesValue[];
  /** The number of samples without a series, because there were too many series already. */
  leftOut(): number;
}

interface Series {
  metric: Metric;
  labels: SeriesValue['labels'];
  sink: Sink;
  changed: boolean;
  /** Of the samples since the last read the highest with a trace, in the metric's unit; else that of the read before. */
  exemplar?: Exemplar;
}

/** A limit, because the histogram of a trend takes tens of kilobytes and many series burden Prometheus, too. */
const SERIES_MAX = 2_000;

/** Tags with a different value for nearly every sample. The tag `name` groups URLs instead. */
const NEVER_LABELS = new Set(['url', 'error', 'vu', 'iter', 'ip']);

/**
 * Creates a table with the names, labels and units of k6's remote write: `k6_http_reqs_total`, `k6_checks_rate`, `k6_vus`, and a gauge
 * for each figure of a trend, `k6_http_req_duration_p99`, in seconds where k6 counts milliseconds. With `isNative` a trend is
 * one histogram instead, `k6_http_req_duration_seconds`.
 */
export function createSeriesTable(
  trendStats: string[],
  {
    seriesMax = SERIES_MAX,
    isNative = false,
    labels: common = {},
  }: { seriesMax?: number; isNative?: boolean; labels?: Tags } = {},
): SeriesTable {
  const byMetric = new Map<Metric, Map<string, Series>>();
  const suffixes = trendStats.map((figure) => ({ figure, suffix: suffixOf(figure) }));
  let count = 0;
  let leftOut = 0;
  let latest: { tags: Tags; labels: Series['labels']; key: string } | undefined;

  function find({ metric, tags }: Sample): Series | undefined {
    if (latest?.tags !== tags) {
      const labels = labelsOf({ ...common, ...tags });
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

  return {
    add(sample) {
      const series = find(sample);
      if (!series) {
        leftOut += 1;
        return;
      }
      series.sink.add(sample.value);
      if (sample.traceId !== undefined) keepExemplar(series, sample, sample.traceId);
      series.changed = true;
    },
    read({ changedOnly = false } = {}) {
      const values: SeriesValue[] = [];
      for (const byLabels of byMetric.values()) {
        for (const series of byLabels.values()) {
          if (changedOnly && !series.changed) continue;
          series.changed = false;
          values.push(...(valueOfNative(series, isNative) ?? valuesOf(series, suffixes)));
        }
      }
      return values;
    },
    leftOut: () => leftOut,
  };
}

/** Keeps the slowest request, because it is the one to ask about. */
function keepExemplar(series: Series, { value, timeMs }: Sample, traceId: string): void {
  const { exemplar, changed } = series;
  const isSlowest = exemplar === undefined || !changed || value > exemplar.value;
  if (isSlowest) series.exemplar = { traceId, value, timeMs };
}

/** @throws UserError (usage) if samples were left out of the table because their tags differ too much */
export function assertNoneLeftOut(output: string, table: Pick<SeriesTable, 'leftOut'>): void {
  const leftOut = table.leftOut();
  if (leftOut === 0) return;
  throw UserError.usage(`${output} does not have everything`, {
    why: `the tags made too many series, so ${leftOut} samples were left out`,
    next: 'give requests whose URLs differ one tag `name`, and tags few values',
  });
}

/** A trend as one native histogram. */
function valueOfNative(
  { metric, labels, sink, exemplar }: Series,
  isNative: boolean,
): SeriesValue[] | undefined {
  const distribution = isNative ? sink.distribution?.() : undefined;
  if (distribution === undefined) return undefined;
  const isTime = metric.contains === 'time';
  const name = `k6_${metric.name}${isTime ? '_seconds' : ''}`;
  const scale = isTime ? 1_000 : 1;
  const histogram = nativeHistogram(distribution, scale);
  return [
    {
      ...{ name, type: 'histogram', labels, value: histogram.count, histogram },
      exemplar: exemplar && { ...exemplar, value: exemplar.value / scale },
    },
  ];
}

function* valuesOf(
  { metric, labels, sink }: Series,
  suffixes: { figure: string; suffix: string }[],
): Generator<SeriesValue> {
  const name = `k6_${metric.name}`;
  const figureOf = (figure: string): number => sink.figure(figure, 0) ?? 0;
  switch (metric.type) {
    case 'counter':
      yield { name: `${name}_total`, type: 'counter', labels, value: figureOf('count') };
      break;
    case 'gauge':
      yield { name, type: 'gauge', labels, value: figureOf('value') };
      break;
    case 'rate':
      yield { name: `${name}_rate`, type: 'gauge', labels, value: figureOf('rate') };
      break;
    case 'trend':
      for (const { figure, suffix } of suffixes) {
        const scale = metric.contains === 'time' && figure !== 'count' ? 1_000 : 1;
        const value = figureOf(figure) / scale;
        yield { name: `${name}_${suffix}`, type: 'gauge', labels, value };
      }
  }
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
