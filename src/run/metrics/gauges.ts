import type { SeriesValue } from '../../load/outputs/series-value.ts';
import type { MetricDefinition } from '../../metrics/definition.ts';

type Labels = Record<string, string>;

/** Values of metrics by their labels. */
export interface Gauges {
  set(metric: MetricDefinition, labels: Labels, value: number): void;
  /** Sets a value unless there is one. */
  setOnce(metric: MetricDefinition, labels: Labels, value: number): void;
  add(metric: MetricDefinition, labels: Labels, value: number): void;
  /** Sets one status to 1, and all that these labels had before to 0. */
  setStatus(metric: MetricDefinition, labels: Labels, status: string): void;
  has(metric: MetricDefinition, labels: Labels): boolean;
  read(): SeriesValue[];
}

/** @param common labels on every value */
export function createGauges(common: Labels): Gauges {
  const series = new Map<string, SeriesValue & { own: Labels }>();

  const keyOf = ({ name }: MetricDefinition, labels: Labels): string =>
    `${name} ${JSON.stringify(labels)}`;

  function set(metric: MetricDefinition, labels: Labels, value: number): void {
    const key = keyOf(metric, labels);
    const known = series.get(key);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    const { name, type } = metric;
    const all = Object.entries({ ...labels, ...common }).filter(([, text]) => text !== '');
    series.set(key, {
      ...{ name, value, own: labels },
      type: type === 'counter' ? 'counter' : 'gauge',
      labels: all.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    });
  }

  return {
    set,
    setOnce(metric, labels, value) {
      if (!series.has(keyOf(metric, labels))) set(metric, labels, value);
    },
    add(metric, labels, value) {
      set(metric, labels, (series.get(keyOf(metric, labels))?.value ?? 0) + value);
    },
    setStatus(metric, labels, status) {
      for (const known of series.values()) {
        const { status: _, ...others } = known.own;
        const isThis =
          known.name === metric.name && keyOf(metric, others) === keyOf(metric, labels);
        if (isThis) known.value = 0;
      }
      set(metric, { ...labels, status }, 1);
    },
    has: (metric, labels) => series.has(keyOf(metric, labels)),
    read: () => [...series.values()].map(({ own: _, ...value }) => value),
  };
}
