import { createSink, type DrainedSink, type MetricType, type Sink } from './sinks.ts';

/** What a metric's numbers are: milliseconds, bytes, or anything. */
export type MetricContents = 'default' | 'time' | 'data';

/** Something samples can be told apart by. Asked only where a threshold wants to know, so tags cost nothing else. */
export interface Tagged {
  tag(name: string): string | undefined;
  /** All of them. Asked by outputs only, once per sample. */
  allTags(): Tags;
}

export type Tags = Readonly<Record<string, string>>;

/** Told of every sample as it is taken; `timeMs` (wall time) is when it was, if that is not now. */
export type SampleObserver = (
  metric: Metric,
  value: number,
  source: Tagged,
  timeMs?: number,
) => void;

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: MetricContents;
  /** Of every sample. */
  readonly sink: Sink;
  /** Of the samples with certain tags; one for each tag set that a threshold names. */
  readonly subMetrics: SubMetric[];
  /** Whether anybody asks for the tags of its samples; if not, none have to be put together. */
  readonly readsTags: boolean;
  add(value: number, source: Tagged): void;
}

export interface SubMetric {
  /** As the threshold writes it: `http_req_duration{status:200}`. */
  readonly name: string;
  readonly tags: [name: string, value: string][];
  readonly sink: Sink;
}

/** The metrics of a run, by name. */
export interface Metrics {
  /**
   * The metric of that name, made on first use: every VU's init code declares the same ones again.
   * Throws when the name is not one, or is taken by a metric of another type.
   */
  define(name: string, type: MetricType, contains?: MetricContents): Metric;
  get(name: string): Metric | undefined;
  all(): Metric[];
  /** The samples of all metrics since the last drain, taken out. */
  drain(): DrainedMetric[];
  /** Adds samples that were drained elsewhere; metrics that only scripts there declared are made. */
  absorb(drained: DrainedMetric[]): void;
}

/** A metric's samples as plain data. */
export interface DrainedMetric {
  name: string;
  type: MetricType;
  contains: MetricContents;
  samples: DrainedSink;
  /** Of those, the ones of each tag set that a threshold names. */
  subMetrics: { name: string; samples: DrainedSink }[];
}

export interface MetricSelector {
  name: string;
  metric: string;
  tags: [name: string, value: string][];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/**
 * Metrics that also keep apart the tag sets `selectors` ask for (thresholds name them; there are few). Without `observe`
 * samples cost no more than their sinks.
 */
export function createMetrics(selectors: MetricSelector[] = [], observe?: SampleObserver): Metrics {
  const metrics = new Map<string, Metric>();
  const all: Metrics = {
    define(name, type, contains = 'default') {
      const known = metrics.get(name);
      if (known) {
        if (known.type === type && known.contains === contains) return known;
        throw new Error(
          `metric "${name}" is already a ${known.type} of ${known.contains} values and cannot also be a ${type} of ${contains} values`,
        );
      }
      if (!NAME.test(name)) {
        throw new Error(
          `"${name}" is not a metric name: letters, digits and _ only, not starting with a digit`,
        );
      }
      const metric = createMetric(name, type, contains, { selectors, observe });
      metrics.set(name, metric);
      return metric;
    },
    get: (name) => metrics.get(name),
    all: () => [...metrics.values()],
    drain: () => [...metrics.values()].flatMap(drainMetric),
    absorb(drained) {
      for (const { name, type, contains, samples, subMetrics } of drained) {
        const metric = all.define(name, type, contains);
        metric.sink.absorb(samples);
        for (const part of subMetrics) {
          metric.subMetrics.find((own) => own.name === part.name)?.sink.absorb(part.samples);
        }
      }
    },
  };
  return all;
}

function drainMetric({ name, type, contains, sink, subMetrics }: Metric): DrainedMetric[] {
  const samples = sink.drain();
  if (!samples) return [];
  const parts = subMetrics.flatMap((subMetric) => {
    const own = subMetric.sink.drain();
    return own ? [{ name: subMetric.name, samples: own }] : [];
  });
  return [{ name, type, contains, samples, subMetrics: parts }];
}

function createMetric(
  name: string,
  type: MetricType,
  contains: MetricContents,
  { selectors, observe }: { selectors: MetricSelector[]; observe: SampleObserver | undefined },
): Metric {
  const sink = createSink(type);
  const subMetrics = selectors
    .filter((selector) => selector.metric === name && selector.tags.length > 0)
    .map((selector) => ({ name: selector.name, tags: selector.tags, sink: createSink(type) }));
  const metric: Metric = {
    name,
    type,
    contains,
    sink,
    subMetrics,
    readsTags: subMetrics.length > 0 || observe !== undefined,
    add(value, source) {
      if (!Number.isFinite(value)) {
        throw new Error(`metric "${name}" was given ${value}, which is not a finite number`);
      }
      sink.add(value);
      for (const subMetric of subMetrics) {
        if (hasTags(source, subMetric.tags)) subMetric.sink.add(value);
      }
      observe?.(metric, value, source);
    },
  };
  return metric;
}

function hasTags(source: Tagged, tags: [string, string][]): boolean {
  for (const [name, value] of tags) if (source.tag(name) !== value) return false;
  return true;
}

/** A sample without tags, such as one the engine takes of itself. */
export const untagged: Tagged = { tag: () => undefined, allTags: () => ({}) };

/** Tags of one sample laid over those of what it was taken in. */
export function withTags(tags: Record<string, unknown>, below: Tagged): Tagged {
  return {
    tag(name) {
      const own = tags[name];
      return own === undefined ? below.tag(name) : String(own);
    },
    allTags: () => ({ ...below.allTags(), ...asTags(tags) }),
  };
}

/** What scripts give as tags, as the text that tags are; what is undefined is none. */
export function asTags(values: Record<string, unknown> | undefined): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const name in values) {
    if (values[name] !== undefined) tags[name] = String(values[name]);
  }
  return tags;
}
