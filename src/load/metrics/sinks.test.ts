import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricType } from './figures.ts';
import { createSink, type Sink, TrendSink } from './sinks.ts';

describe('trend', () => {
  it('has percentiles that are correct to three digits', () => {
    const values = fc.array(
      fc.oneof(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 2_000_000_000 }),
      ),
      { minLength: 1, maxLength: 300 },
    );
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 100, noNaN: true }), (samples, percentile) => {
        const trend = new TrendSink();
        for (const sample of samples) trend.add(sample);
        const sorted = [...samples].sort((a, b) => a - b);
        const rank = Math.max(1, Math.ceil((percentile / 100) * samples.length));
        const exact = sorted[rank - 1] as number;
        const found = trend.figure(`p(${percentile.toFixed(20)})`) as number;
        const bound = Math.abs(exact) * 0.001 + 0.001;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('has an exact count, minimum, maximum and mean', () => {
    const trend = new TrendSink();
    for (const value of [0.25, 17.5, -3, 1_000_000.125]) trend.add(value);
    expect(trend.figure('count')).toBe(4);
    expect(trend.figure('min')).toBe(-3);
    expect(trend.figure('max')).toBe(1_000_000.125);
    expect(trend.figure('avg')).toBe((0.25 + 17.5 - 3 + 1_000_000.125) / 4);
  });

  it('has no samples after a reset', () => {
    const trend = new TrendSink();
    trend.add(500);
    trend.reset();
    expect(trend.figure('max')).toBe(0);
    trend.add(2);
    expect(trend.figure('med')).toBe(2);
  });
});

describe('other sinks', () => {
  it('a counter has its sum and its sum per second', () => {
    const counter = createSink('counter');
    counter.add(3);
    counter.add(7);
    expect(counter.figure('count', 2_000)).toBe(10);
    expect(counter.figure('rate', 2_000)).toBe(5);
  });

  it('a gauge has the last value and the extremes', () => {
    const gauge = createSink('gauge');
    for (const value of [5, 9, 2]) gauge.add(value);
    expect(['value', 'min', 'max'].map((name) => gauge.figure(name, 0))).toEqual([2, 2, 9]);
  });

  it('a rate has the share of samples that are not zero', () => {
    const rate = createSink('rate');
    for (const value of [1, 0, 1, 1]) rate.add(value);
    expect(rate.figure('rate', 0)).toBe(0.75);
    expect(rate.figure('fails', 0)).toBe(1);
  });

  it('have no figure of another type', () => {
    expect(createSink('counter').figure('p(95)', 1)).toBeUndefined();
    expect(createSink('gauge').figure('count', 1)).toBeUndefined();
    expect(createSink('rate').figure('avg', 1)).toBeUndefined();
  });
});

describe('merging sinks', () => {
  const FIGURES = [
    ...['count', 'rate', 'passes', 'fails', 'avg', 'min', 'med', 'max'],
    ...['p(0)', 'p(1)', 'p(50)', 'p(99)', 'p(99.9)', 'p(100)'],
  ];
  const figuresOf = (sink: Sink): unknown => [
    sink.samples,
    ...FIGURES.map((name) => sink.figure(name, 1_000)),
  ];

  it.each<MetricType>(['counter', 'rate', 'trend'])(
    'gives several %ss, drained at any time, the figures of one with all samples',
    (type) => {
      const samples = fc.array(
        fc.record({
          sink: fc.integer({ min: 0, max: 3 }),
          // Whole numbers, small enough for sums to be exact in any order.
          value: fc.integer({ min: -1_000_000, max: 2_000_000_000 }),
          drains: fc.boolean(),
        }),
        { maxLength: 300 },
      );
      fc.assert(
        fc.property(samples, (taken) => {
          const sinks = [0, 1, 2, 3].map(() => createSink(type));
          const merged = createSink(type);
          const whole = createSink(type);
          const drain = (sink: Sink): void => {
            const drained = sink.drain();
            if (drained) merged.merge(structuredClone(drained));
          };
          for (const { sink: index, value, drains } of taken) {
            const sink = sinks[index] as Sink;
            sink.add(value);
            whole.add(value);
            if (drains) drain(sink);
          }
          sinks.forEach(drain);
          expect(figuresOf(merged)).toEqual(figuresOf(whole));
          for (const sink of sinks) expect(sink.drain()).toBeUndefined();
        }),
      );
    },
  );

  it('keeps the newest value of gauges, and the extremes of all', () => {
    const [one, other, merged] = [createSink('gauge'), createSink('gauge'), createSink('gauge')];
    for (const value of [5, -2]) one.add(value);
    other.add(3);
    for (const sink of [one, other]) merged.merge(sink.drain() ?? { samples: 0, numbers: [] });
    expect(['value', 'min', 'max'].map((name) => merged.figure(name, 0))).toEqual([3, -2, 5]);
  });
});
