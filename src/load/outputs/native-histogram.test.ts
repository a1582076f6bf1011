import { describe, expect, it } from 'vitest';
import { TrendSink } from '../metrics/sinks.ts';
import { nativeHistogram } from './native-histogram.ts';

function histogramOf(values: number[], scale = 1) {
  const sink = new TrendSink();
  for (const value of values) sink.add(value);
  return nativeHistogram(sink.distribution(), scale);
}

describe('a native histogram', () => {
  it('has eight buckets for each doubling, each with the values up to its edge', () => {
    // 1 is the edge of bucket 0, 2 that of bucket 8.
    expect(histogramOf([1, 1, 2])).toMatchObject({
      count: 3,
      sum: 4,
      positive: {
        spans: [
          { offset: 0, length: 1 },
          { offset: 7, length: 1 },
        ],
        deltas: [2, -1],
      },
    });
  });

  it('has neighbouring buckets in one span', () => {
    expect(histogramOf([1, 1.05, 1.05]).positive).toEqual({
      spans: [{ offset: 0, length: 2 }],
      deltas: [1, 1],
    });
  });

  it('has milliseconds as seconds, so that small ones are in buckets below zero', () => {
    const { sum, positive } = histogramOf([125], 1_000);
    expect(sum).toBe(0.125);
    expect(positive.spans).toEqual([{ offset: -24, length: 1 }]);
  });

  it('counts zeros apart, and keeps values below zero by their size', () => {
    expect(histogramOf([0, 0, -2])).toMatchObject({
      zeroCount: 2,
      positive: { spans: [], deltas: [] },
      negative: { spans: [{ offset: 8, length: 1 }], deltas: [1] },
    });
  });
});
