import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  type Metric,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client';
import { serverMetrics } from '../../src/metrics/catalogue.ts';
import type { MetricDefinition } from '../../src/metrics/definition.ts';
import { Histogram } from './histogram.ts';

type Catalogue = typeof serverMetrics;

type Instrument<Definition extends MetricDefinition> = Definition['type'] extends 'counter'
  ? TallyCounter<Definition['labels'][number]>
  : Definition['type'] extends 'gauge'
    ? Gauge<Definition['labels'][number]>
    : Histogram;

/** One instrument per entry of the catalogue, under the entry's key. */
export type ServerMetrics = { [Key in keyof Catalogue]: Instrument<Catalogue[Key]> } & {
  registry: Registry;
  /** The same metrics for pages in the OpenMetrics format, which have exemplars. */
  openMetrics: Registry<OpenMetricsContentType>;
};

/** Registers the metrics of the catalogue and those of the process (CPU, memory, event loop lag). */
export function createMetrics(): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = Object.entries(serverMetrics).map(([key, definition]) => [
    key,
    createInstrument(definition, registry),
  ]);
  const openMetrics = openMetricsOf(registry);
  const metrics: ServerMetrics = Object.assign(Object.fromEntries(instruments), {
    ...{ registry, openMetrics },
  });
  metrics.countersStarted.set((performance.timeOrigin + performance.now()) / 1_000);
  return metrics;
}

/**
 * A registry of the same metrics in the OpenMetrics format. Counters have names without `_total` there; prom-client would
 * rename the counter itself, and so take it from the usual page.
 */
function openMetricsOf(registry: Registry): ServerMetrics['openMetrics'] {
  const openMetrics = new Registry<OpenMetricsContentType>();
  openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as Readable[]) {
    const name = metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name;
    const renamed = { name, get: async () => ({ ...(await metric.get()), name }) };
    openMetrics.registerMetric(renamed as unknown as Metric);
  }
  return openMetrics;
}

/** The part of a metric that a registry needs. */
interface Readable {
  name: string;
  type?: string;
  get(): Promise<object>;
}

function createInstrument(definition: MetricDefinition, registry: Registry) {
  const { name, help, labels, buckets } = definition;
  const common = { name, help, labelNames: labels, registers: [registry] };
  switch (definition.type) {
    case 'counter':
      return new TallyCounter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: buckets ?? [] });
  }
}

/** A counter for hot paths: prom-client builds and looks up a string at each increment, a tally adds to a number. */
class TallyCounter<Label extends string> extends Counter<Label> {
  readonly #tallies: { child: Counter.Internal; counted: number }[] = [];

  /** Returns a function that counts one more of these label values, which are in the order of the labels. */
  tally(...values: string[]): () => void {
    const tally = { child: this.labels(...values), counted: 0 };
    this.#tallies.push(tally);
    return () => {
      tally.counted += 1;
    };
  }

  override get() {
    for (const tally of this.#tallies) {
      tally.child.inc(tally.counted);
      tally.counted = 0;
    }
    return super.get();
  }
}

/** Returns a function that counts by one label. */
export function countBy<Label extends string>(
  counter: TallyCounter<Label>,
): (value: string) => void {
  return countByValue((value) => counter.tally(value));
}

/** Returns a function that counts by two labels. */
export function countByTwo<Label extends string>(
  counter: TallyCounter<Label>,
): (first: string, second: string) => void {
  const byFirst = new Map<string, (second: string) => void>();
  return (first, second) => {
    let count = byFirst.get(first);
    if (count === undefined) {
      count = countByValue((value) => counter.tally(first, value));
      byFirst.set(first, count);
    }
    count(second);
  };
}

function countByValue(tallyOf: (value: string) => () => void): (value: string) => void {
  const tallies = new Map<string, () => void>();
  return (value) => {
    let tally = tallies.get(value);
    if (tally === undefined) {
      tally = tallyOf(value);
      tallies.set(value, tally);
    }
    tally();
  };
}
