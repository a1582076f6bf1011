import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
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
};

/** Registers the metrics of the catalogue and those of the process (CPU, memory, event loop lag). */
export function createMetrics(): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = Object.entries(serverMetrics).map(([key, definition]) => [
    key,
    createInstrument(definition, registry),
  ]);
  const metrics: ServerMetrics = Object.assign(Object.fromEntries(instruments), { registry });
  metrics.countersStarted.set((performance.timeOrigin + performance.now()) / 1_000);
  return metrics;
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
