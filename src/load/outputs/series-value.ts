import type { NativeHistogram } from './native-histogram.ts';

/** One value of one series, with name and unit by Prometheus' rules. */
export interface SeriesValue {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  /** Sorted by name. */
  labels: [name: string, value: string][];
  value: number;
  /** Of a histogram: its buckets. Its `value` is the number of its samples. */
  histogram?: NativeHistogram;
  /** Of a histogram: a sample whose request has a trace. */
  exemplar?: Exemplar | undefined;
}

/** One sample of a series that leads to its trace. */
export interface Exemplar {
  traceId: string;
  /** In the unit of the series. */
  value: number;
  timeMs: number;
}
