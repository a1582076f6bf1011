import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricDefinition, serverMetrics } from '../../src/metrics/catalogue.ts';

type Catalogue = typeof serverMetrics;

type Instrument<Definition extends MetricDefinition> = Definition['type'] extends 'counter'
  ? Counter<Definition['labels'][number]>
  : Definition['type'] extends 'gauge'
    ? Gauge<Definition['labels'][number]>
    : Histogram<Definition['labels'][number]>;

/** One instrument per entry of the catalogue, under the entry's key. */
export type ServerMetrics = { [Key in keyof Catalogue]: Instrument<Catalogue[Key]> } & {
  registry: Registry;
};

/** Registers everything the catalogue names, and the process's own metrics (CPU, memory, event loop lag). */
export function createMetrics(): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = Object.entries(serverMetrics).map(([key, definition]) => [
    key,
    createInstrument(definition, registry),
  ]);
  return Object.assign(Object.fromEntries(instruments), { registry });
}

function createInstrument(definition: MetricDefinition, registry: Registry) {
  const { name, help, labels, buckets } = definition;
  const common = { name, help, labelNames: labels, registers: [registry] };
  switch (definition.type) {
    case 'counter':
      return new Counter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: [...(buckets ?? [])] });
  }
}

/** Counts by one label, whose few children are looked up once and kept: finding one costs more than counting. */
export function countBy(counter: {
  labels(value: string): { inc(): void };
}): (value: string) => void {
  const children = new Map<string, { inc(): void }>();
  return (value) => {
    let child = children.get(value);
    if (child === undefined) {
      child = counter.labels(value);
      children.set(value, child);
    }
    child.inc();
  };
}

/** The same by two labels, in their order. */
export function countByTwo<Label extends string>(
  counter: Counter<Label>,
): (first: string, second: string) => void {
  const children = new Map<string, (value: string) => void>();
  return (first, second) => {
    let count = children.get(first);
    if (count === undefined) {
      count = countBy({ labels: (value: string) => counter.labels(first, value) });
      children.set(first, count);
    }
    count(second);
  };
}
