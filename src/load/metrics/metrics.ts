import type { MetricType } from './figures.ts';
import { createSink, type DrainedSink, type Sink } from './sinks.ts';

/** The unit of a metric's values: any, milliseconds (`time`) or bytes (`data`). */
export type MetricContents = 'default' | 'time' | 'data';

/** Provides the tags of a sample. Tags are read only if a threshold or an output needs them, and else cost nothing. */
export interface TagSource {
  tag(name: string): string | undefined;
  /** Read by outputs only, once per sample. */
  allTags(): Tags;
  /** The trace of the request that the sample is of; absent where none was made. */
  readonly traceId?: string | undefined;
}

export type Tags = Readonly<Record<string, string>>;

/** Receives every sample when it is recorded. `timeMs` is its wall time, if that is not the present. */
export type SampleObserver = (
  metric: Metric,
  value: number,
  source: TagSource,
  timeMs?: number,
) => void;

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: MetricContents;
  /** Aggregates all samples. */
  readonly sink: Sink;
  /** One for each tag set that a threshold names. */
  readonly subMetrics: SubMetric[];
  /** False if nothing reads the tags of its samples, so that callers need not build them. */
  readonly readsTags: boolean;
  add(value: number, source: TagSource): void;
}

/** Aggregates the samples of a metric that have certain tags. */
export interface SubMetric {
  /** As written in the threshold: `http_req_duration{status:200}`. */
  readonly name: string;
  readonly tags: [name: string, value: string][];
  readonly sink: Sink;
}

/** The metrics of a run, by name. */
export interface Metrics {
  /**
   * Returns the metric of a name, and creates it at the first call: the init code of every VU declares the same metrics.
   *
   * @throws Error for an invalid name, and for the name of a metric of another type
   */
  define(name: string, type: MetricType, contains?: MetricContents): Metric;
  get(name: string): Metric | undefined;
  all(): Metric[];
  /** Removes and returns the samples of all metrics. */
  drain(): DrainedMetric[];
  /** Adds samples that another thread drained, and creates metrics that only its scripts declared. */
  merge(drained: DrainedMetric[]): void;
}

/** The samples of a metric as plain data. */
export interface DrainedMetric {
  name: string;
  type: MetricType;
  contains: MetricContents;
  samples: DrainedSink;
  /** The samples for each tag set that a threshold names; `samples` contains them, too. */
  subMetrics: { name: string; samples: DrainedSink }[];
}

/** The subject of a threshold: a metric, or its samples with certain tags. */
export interface MetricSelector {
  name: string;
  metric: string;
  tags: [name: string, value: string][];
}

/** k6's own rule, so that a script that runs here runs there. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{1,128}$/;

/**
 * Creates metrics that also aggregate the tag sets of `selectors` separately. Thresholds name these, so they are few.
 * Without `observe` a sample costs no more than adding it to its sinks.
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
          `"${name}" is not a metric name: 2 to 129 letters from a to z, digits and _, not starting with a digit`,
        );
      }
      const metric = createMetric(name, type, contains, { selectors, observe });
      metrics.set(name, metric);
      return metric;
    },
    get: (name) => metrics.get(name),
    all: () => [...metrics.values()],
    drain: () => [...metrics.values()].flatMap(drainMetric),
    merge(drained) {
      for (const { name, type, contains, samples, subMetrics } of drained) {
        const metric = all.define(name, type, contains);
        metric.sink.merge(samples);
        for (const part of subMetrics) {
          metric.subMetrics.find((own) => own.name === part.name)?.sink.merge(part.samples);
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

function hasTags(source: TagSource, tags: [string, string][]): boolean {
  for (const [name, value] of tags) if (source.tag(name) !== value) return false;
  return true;
}

/** The source of samples without tags, such as those about the engine itself. */
export const untagged: TagSource = { tag: () => undefined, allTags: () => ({}) };

/** Adds the tags of one sample to those of its VU; its own tags win. */
export function withTags(tags: Record<string, unknown>, below: TagSource): TagSource {
  return {
    tag(name) {
      const own = tags[name];
      return own === undefined ? below.tag(name) : String(own);
    },
    allTags: () => ({ ...below.allTags(), ...asTags(tags) }),
  };
}

/** Converts tags from scripts to text, and drops undefined ones. */
export function asTags(values: Record<string, unknown> | undefined): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const name in values) {
    if (values[name] !== undefined) tags[name] = String(values[name]);
  }
  return tags;
}
