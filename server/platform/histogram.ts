import type { Metric, Registry } from 'prom-client';

/**
 * A histogram for hot paths. prom-client's own checks the labels and builds and looks up a string at each observation; here
 * an observation adds to three numbers.
 */
export class Histogram {
  readonly name: string;
  readonly #help: string;
  readonly #labelNames: readonly string[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor(options: {
    name: string;
    help: string;
    labelNames: readonly string[];
    /** Upper edges of the buckets, ascending. */
    buckets: readonly number[];
    registers: Registry[];
  }) {
    this.name = options.name;
    this.#help = options.help;
    this.#labelNames = options.labelNames;
    this.#bounds = options.buckets;
    // A registry needs no more of a metric than its name and `get`.
    for (const registry of options.registers) registry.registerMetric(this as unknown as Metric);
  }

  /** The series with these label values, which are in the order of the labels; to be asked for once and kept. */
  labels(...values: string[]): { observe(value: number, traceId?: string): void } {
    const key = values.join('\0');
    const series = this.#series.get(key) ?? this.#begin(values);
    this.#series.set(key, series);
    const bounds = this.#bounds;
    const { counts, exemplars } = series;
    return {
      observe(value, traceId) {
        let bucket = 0;
        while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
        counts[bucket] = (counts[bucket] as number) + 1;
        series.sum += value;
        if (traceId !== undefined) {
          const timestamp = Date.now() / 1_000;
          exemplars[bucket] = { labelSet: { trace_id: traceId }, value, timestamp };
        }
      },
    };
  }

  #begin(values: string[]): Series {
    return {
      labels: Object.fromEntries(
        this.#labelNames.map((name, place) => [name, values[place] ?? '']),
      ),
      counts: new Array<number>(this.#bounds.length + 1).fill(0),
      exemplars: [],
      sum: 0,
    };
  }

  /** The values as a registry writes them: each bucket counts the observations up to its edge. */
  async get() {
    const values = [...this.#series.values()].flatMap(({ labels, counts, exemplars, sum }) => {
      let count = 0;
      const buckets = counts.map((own, place) => {
        count += own;
        const le = this.#bounds[place] ?? '+Inf';
        return {
          ...{ metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count },
          exemplar: exemplars[place],
        };
      });
      return [
        ...buckets,
        { metricName: `${this.name}_sum`, labels, value: sum },
        { metricName: `${this.name}_count`, labels, value: count },
      ];
    });
    return { name: this.name, help: this.#help, type: 'histogram', aggregator: 'sum', values };
  }
}

/** An observation by which a reader finds its trace; pages in the OpenMetrics format show it. */
interface Exemplar {
  labelSet: { trace_id: string };
  value: number;
  /** In seconds. */
  timestamp: number;
}

interface Series {
  labels: Record<string, string>;
  /** The observations in each bucket, and last those above all edges. */
  counts: number[];
  /** The last traced observation in each bucket that has one. */
  exemplars: (Exemplar | undefined)[];
  sum: number;
}
