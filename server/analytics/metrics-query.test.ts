import { describe, expect, it } from 'vitest';
import { MetricsQuery } from '../../src/protocol/analytics.ts';
import { type CountsQuery, describeCounts, planCounts } from './metrics-query.ts';

const plan = (query: object) =>
  planCounts(
    MetricsQuery.parse({ from: '2026-01-01T12:30:10Z', to: '2026-01-01T14:00:00Z', ...query }),
    undefined,
  );

describe('S2.7 the buckets of a query', () => {
  it.each([
    ['minute', '2026-01-01T12:30:00.000Z', '2026-01-01T14:00:00.000Z'],
    ['hour', '2026-01-01T12:00:00.000Z', '2026-01-01T14:00:00.000Z'],
    ['day', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
  ])('are whole: by %s from %s to %s', (bucket, from, to) => {
    expect(plan({ bucket })).toMatchObject({ fromMs: Date.parse(from), toMs: Date.parse(to) });
  });

  it('are 1500 at most, and one at least', () => {
    const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-02T01:00:00Z'];
    expect(plan({ bucket: 'minute', from, to })).toHaveProperty('fromMs');
    const oneMore = plan({ bucket: 'minute', from, to: '2026-01-02T01:00:00.001Z' });
    expect(oneMore).toEqual({
      errors: [{ path: 'to', message: 'at most 1500 buckets of one minute after from' }],
    });
    const none = plan({ bucket: 'hour', to: '2026-01-01T12:00:00Z' });
    expect(none).toEqual({ errors: [{ path: 'to', message: 'must be later than from' }] });
  });

  it('leave room for 100 series, or for as many as have 30000 points together', () => {
    expect(plan({ bucket: 'hour' })).toMatchObject({ seriesMax: 100 });
    const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-02T01:00:00Z'];
    expect(plan({ bucket: 'minute', from, to })).toMatchObject({ seriesMax: 20 });
  });
});

it('S2.7 an answer has the series with the greatest totals first, and says how many are left out', () => {
  const rows = Array.from({ length: 2 }, (_, place) => [
    { type: null, sku_id: `SKU-${place}`, at: new Date(0), value: 100 + place, series: 5 },
    { type: null, sku_id: `SKU-${place}`, at: new Date(60_000), value: 1, series: 5 },
  ]).flat();
  const { series, seriesLeftOut, ...rest } = describeCounts(
    plan({ bucket: 'minute', groupBy: 'sku' }) as CountsQuery,
    rows,
  );
  expect([series.length, seriesLeftOut]).toEqual([2, 3]);
  expect(series[0]).toEqual({
    skuId: 'SKU-1',
    total: 102,
    points: [
      { at: '1970-01-01T00:00:00.000Z', value: 101 },
      { at: '1970-01-01T00:01:00.000Z', value: 1 },
    ],
  });
  expect(rest).toEqual({
    metric: 'events',
    bucket: 'minute',
    from: '2026-01-01T12:30:00.000Z',
    to: '2026-01-01T14:00:00.000Z',
  });
});
