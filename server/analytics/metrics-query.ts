import {
  BUCKETS_MAX,
  type Metric,
  type MetricsAnswer,
  type MetricsQuery,
  POINTS_MAX,
  SERIES_MAX,
} from '../../src/protocol/analytics.ts';
import type { BucketSize } from '../../src/protocol/bucket-size.ts';

/** A query for counts, ready to be asked of the store. */
export interface CountsQuery {
  size: BucketSize;
  /** The beginning of the first bucket, and the end of the last. */
  fromMs: number;
  toMs: number;
  value: Metric;
  groupBy: MetricsQuery['groupBy'];
  /** The most series to answer with. */
  seriesMax: number;
  type?: string | undefined;
  skuId?: string | undefined;
  /** Only the counts of what this organizer sells. */
  organizerId?: string | undefined;
}

/** A count of one series in one bucket. */
export interface CountRow {
  type: string | null;
  sku_id: string | null;
  at: Date;
  value: number;
  /** The number of all series, those that are left out included. */
  series: number;
}

const SIZE_MS: Record<BucketSize, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Makes whole buckets of the times of a query.
 *
 * @param organizerId who asks; undefined for somebody who may see everything
 * @returns the faults of a range without a bucket, or with too many
 */
export function planCounts(
  query: MetricsQuery,
  organizerId: string | undefined,
): CountsQuery | { errors: { path: string; message: string }[] } {
  const sizeMs = SIZE_MS[query.bucket];
  const fromMs = Math.floor(Date.parse(query.from) / sizeMs) * sizeMs;
  const toMs = Math.ceil(Date.parse(query.to) / sizeMs) * sizeMs;
  if (toMs <= fromMs) return { errors: [{ path: 'to', message: 'must be later than from' }] };
  if (toMs - fromMs > BUCKETS_MAX * sizeMs) {
    const message = `at most ${BUCKETS_MAX} buckets of one ${query.bucket} after from`;
    return { errors: [{ path: 'to', message }] };
  }
  const { metric, groupBy, type, sku } = query;
  return {
    size: query.bucket,
    fromMs,
    toMs,
    value: metric,
    groupBy,
    seriesMax: Math.min(SERIES_MAX, Math.floor((POINTS_MAX * sizeMs) / (toMs - fromMs))),
    type,
    skuId: sku,
    organizerId,
  };
}

/** Makes the answer of the counts, the series with the greatest total first. */
export function describeCounts(query: CountsQuery, rows: CountRow[]): MetricsAnswer {
  const series = new Map<string, MetricsAnswer['series'][number]>();
  for (const { type, sku_id: skuId, at, value } of rows) {
    const name = `${type} ${skuId}`;
    const known = series.get(name) ?? {
      ...(type === null ? {} : { type }),
      ...(skuId === null ? {} : { skuId }),
      total: 0,
      points: [],
    };
    known.total += value;
    known.points.push({ at: at.toISOString(), value });
    series.set(name, known);
  }
  return {
    metric: query.value,
    bucket: query.size,
    from: new Date(query.fromMs).toISOString(),
    to: new Date(query.toMs).toISOString(),
    series: [...series.values()].toSorted((a, b) => b.total - a.total),
    seriesLeftOut: (rows[0]?.series ?? 0) - series.size,
  };
}
