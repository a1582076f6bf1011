import { Histogram } from './histogram.ts';

export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** Where the samples of one metric go: a few numbers, whatever the length of the run. */
export interface Sink {
  /** Samples so far. */
  readonly samples: number;
  add(value: number): void;
  /** A figure by k6's name (`count`, `p(95)` …); undefined when this type of metric has none of that name. */
  figure(name: string, elapsedMs: number): number | undefined;
  /** What was added since the last drain, taken out; undefined if nothing was. Can be sent to another thread. */
  drain(): DrainedSink | undefined;
  /** Adds what was drained from another sink of the same type, as if its samples had been added here. */
  absorb(drained: DrainedSink): void;
}

/** The samples of a sink as a few numbers; which ones is between `drain` and `absorb` of one type. */
export interface DrainedSink {
  samples: number;
  numbers: number[];
  /** Of histograms: value and count in turns. */
  positive?: Float64Array;
  negative?: Float64Array;
}

const PERCENTILE = /^p\((\d+(?:\.\d+)?)\)$/;

/** The N of `p(N)`; undefined for any other figure. */
export function percentileOf(figure: string): number | undefined {
  const match = PERCENTILE.exec(figure);
  const percentile = match ? Number(match[1]) : undefined;
  return percentile !== undefined && percentile <= 100 ? percentile : undefined;
}

const FIGURES: Record<MetricType, string[]> = {
  counter: ['count', 'rate'],
  gauge: ['value', 'min', 'max'],
  rate: ['rate', 'passes', 'fails'],
  trend: ['avg', 'min', 'med', 'max', 'count'],
};

/** Whether metrics of a type have a figure that a summary can show. */
export function hasFigure(type: MetricType, figure: string): boolean {
  return FIGURES[type].includes(figure) || (type === 'trend' && percentileOf(figure) !== undefined);
}

/** What k6 lets thresholds ask of a metric: less than the summary shows. */
const THRESHOLD_FIGURES: Record<MetricType, string[]> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med'],
};

/** Whether a threshold can be about a figure of this type of metric, as in k6. */
export function hasThresholdFigure(type: MetricType, figure: string): boolean {
  return (
    THRESHOLD_FIGURES[type].includes(figure) ||
    (type === 'trend' && percentileOf(figure) !== undefined)
  );
}

export function thresholdFiguresOf(type: MetricType): string {
  return [...THRESHOLD_FIGURES[type], ...(type === 'trend' ? ['p(N)'] : [])].join(', ');
}

export function createSink(type: MetricType): Sink {
  switch (type) {
    case 'counter':
      return new CounterSink();
    case 'gauge':
      return new GaugeSink();
    case 'rate':
      return new RateSink();
    case 'trend':
      return new TrendSink();
  }
}

class CounterSink implements Sink {
  samples = 0;
  private count = 0;

  add(value: number): void {
    this.samples += 1;
    this.count += value;
  }

  figure(name: string, elapsedMs: number): number | undefined {
    if (name === 'count') return this.count;
    if (name === 'rate') return elapsedMs > 0 ? this.count / (elapsedMs / 1_000) : 0;
    return undefined;
  }

  drain(): DrainedSink | undefined {
    if (this.samples === 0) return undefined;
    const drained = { samples: this.samples, numbers: [this.count] };
    this.samples = 0;
    this.count = 0;
    return drained;
  }

  absorb({ samples, numbers: [count = 0] }: DrainedSink): void {
    this.samples += samples;
    this.count += count;
  }
}

class GaugeSink implements Sink {
  samples = 0;
  private value = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.samples += 1;
    this.value = value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  figure(name: string): number | undefined {
    if (name === 'value') return this.value;
    if (name === 'min') return this.samples === 0 ? 0 : this.min;
    if (name === 'max') return this.samples === 0 ? 0 : this.max;
    return undefined;
  }

  drain(): DrainedSink | undefined {
    if (this.samples === 0) return undefined;
    const drained = { samples: this.samples, numbers: [this.value, this.min, this.max] };
    this.samples = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    return drained;
  }

  absorb({ samples, numbers: [value = 0, min = value, max = value] }: DrainedSink): void {
    this.samples += samples;
    this.value = value;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
  }
}

class RateSink implements Sink {
  samples = 0;
  private passes = 0;

  add(value: number): void {
    this.samples += 1;
    if (value !== 0) this.passes += 1;
  }

  figure(name: string): number | undefined {
    if (name === 'rate') return this.samples === 0 ? 0 : this.passes / this.samples;
    if (name === 'passes') return this.passes;
    if (name === 'fails') return this.samples - this.passes;
    return undefined;
  }

  drain(): DrainedSink | undefined {
    if (this.samples === 0) return undefined;
    const drained = { samples: this.samples, numbers: [this.passes] };
    this.samples = 0;
    this.passes = 0;
    return drained;
  }

  absorb({ samples, numbers: [passes = 0] }: DrainedSink): void {
    this.samples += samples;
    this.passes += passes;
  }
}

/** Histograms hold whole numbers, so values are kept in thousandths: microseconds where the trend is of milliseconds. */
const SCALE = 1_000;
const SCALED_MAX = 2 ** 52;

/**
 * A trend in an HDR histogram: percentiles right to three digits at any size, in memory that does not grow with the
 * number of samples (k6 keeps every one). Values below a thousandth count as zero; `min`, `max` and `avg` are exact.
 */
export class TrendSink implements Sink {
  samples = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private readonly positive = new Histogram();
  /** Mirror image for values below zero; most trends never need it. */
  private negative: Histogram | undefined;

  add(value: number): void {
    this.samples += 1;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value >= 0) {
      this.positive.record(Math.min(SCALED_MAX, Math.round(value * SCALE)));
    } else {
      this.negative ??= new Histogram();
      this.negative.record(Math.min(SCALED_MAX, Math.round(-value * SCALE)));
    }
  }

  figure(name: string): number | undefined {
    if (name === 'count') return this.samples;
    if (name === 'avg') return this.samples === 0 ? 0 : this.sum / this.samples;
    if (name === 'min') return this.samples === 0 ? 0 : this.min;
    if (name === 'max') return this.samples === 0 ? 0 : this.max;
    if (name === 'med') return this.percentile(50);
    const percentile = percentileOf(name);
    return percentile === undefined ? undefined : this.percentile(percentile);
  }

  drain(): DrainedSink | undefined {
    if (this.samples === 0) return undefined;
    const drained: DrainedSink = {
      samples: this.samples,
      numbers: [this.sum, this.min, this.max],
      positive: this.positive.entries(),
      ...(this.negative ? { negative: this.negative.entries() } : {}),
    };
    this.reset();
    return drained;
  }

  absorb({ samples, numbers: [sum = 0, min = 0, max = 0], positive, negative }: DrainedSink): void {
    this.samples += samples;
    this.sum += sum;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    if (positive) this.positive.add(positive);
    if (negative) {
      this.negative ??= new Histogram();
      this.negative.add(negative);
    }
  }

  /** Forgets every sample, for a histogram that covers one interval at a time. */
  reset(): void {
    this.samples = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.positive.reset();
    this.negative?.reset();
  }

  private percentile(percentile: number): number {
    if (this.samples === 0) return 0;
    const rank = Math.max(1, Math.ceil((percentile / 100) * this.samples));
    const below = this.negative?.total ?? 0;
    const scaled =
      rank <= below
        ? -(this.negative as Histogram).valueAtRank(below - rank + 1)
        : this.positive.valueAtRank(rank - below);
    // A bucket's value may lie a little outside what was seen; the extremes are known exactly.
    return Math.min(this.max, Math.max(this.min, scaled / SCALE));
  }
}
