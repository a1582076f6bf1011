import { type MetricType, percentileOf } from './figures.ts';
import { Histogram } from './histogram.ts';

/** Aggregates the samples of one metric. Its size does not grow with the number of samples. */
export interface Sink {
  /** The number of samples. */
  readonly samples: number;
  add(value: number): void;
  /** A figure by k6's name (`count`, `p(95)` …); undefined for a name that this type of metric does not have. */
  figure(name: string, elapsedMs: number): number | undefined;
  /** How often each value was seen, as exactly as the sink keeps them; only trends know. */
  distribution?(): Distribution;
  /** Removes and returns the samples as data that can be sent to another thread; undefined without samples. */
  drain(): DrainedSink | undefined;
  /** Adds the samples that another sink of the same type drained. */
  merge(drained: DrainedSink): void;
}

/** Aggregated samples as data. Only `drain` and `merge` of one type of sink know the meaning of the numbers. */
export interface DrainedSink {
  samples: number;
  numbers: number[];
  /** Histogram entries, which alternate value and count. */
  positive?: Float64Array;
  negative?: Float64Array;
}

/** The values of a trend and how often each was seen. Negative ones are without their sign. */
export interface Distribution {
  samples: number;
  sum: number;
  positive: { value: number; count: number }[];
  negative: { value: number; count: number }[];
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

  merge({ samples, numbers: [count = 0] }: DrainedSink): void {
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

  merge({ samples, numbers: [value = 0, min = value, max = value] }: DrainedSink): void {
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

  merge({ samples, numbers: [passes = 0] }: DrainedSink): void {
    this.samples += samples;
    this.passes += passes;
  }
}

/** Histograms hold whole numbers, so a trend records thousandths: microseconds for a trend in milliseconds. */
const SCALE = 1_000;
const SCALED_MAX = 2 ** 52;

/**
 * Keeps a trend in an HDR histogram: percentiles are correct to three digits, and the memory does not grow with the
 * number of samples, as it does in k6. Values below a thousandth count as zero. `min`, `max` and `avg` are exact.
 */
export class TrendSink implements Sink {
  samples = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private readonly positive = new Histogram();
  /** Absolute values of the samples below zero. Most trends never need it. */
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

  distribution(): Distribution {
    return {
      samples: this.samples,
      sum: this.sum,
      positive: countsOf(this.positive),
      negative: this.negative === undefined ? [] : countsOf(this.negative),
    };
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

  merge({ samples, numbers: [sum = 0, min = 0, max = 0], positive, negative }: DrainedSink): void {
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

  /** Removes all samples, for a trend that covers one interval at a time. */
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
    // The value of a bucket may lie slightly outside the range of the samples, whose limits are known exactly.
    return Math.min(this.max, Math.max(this.min, scaled / SCALE));
  }
}

function countsOf(histogram: Histogram): Distribution['positive'] {
  const entries = histogram.entries();
  return Array.from({ length: entries.length / 2 }, (_, place) => ({
    value: (entries[2 * place] as number) / SCALE,
    count: entries[2 * place + 1] as number,
  }));
}
