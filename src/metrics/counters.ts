import { serverMetrics } from './catalogue.ts';
import type { MetricSample } from './prometheus-text.ts';
import type { MetricsScrape } from './scrape.ts';

/** One instance's counters over a run. Restarts are detected and evened out, as Prometheus's `increase` does. */
export interface InstanceCounters {
  instance: string;
  /** In the order they were taken. */
  scrapes: MetricsScrape[];
  /**
   * The scrapes by the process that answered, one process after the other. The counts of a process between its last scrape
   * and its end are lost, so with several every increase is a lower bound.
   */
  processes: MetricsScrape[][];
  /** Counters of the catalogue that fell while the process stayed the same, which no counter may. */
  falls: CounterFall[];
  /** True when several processes answer at this URL (a load balancer): the mixed counters mean nothing. */
  isMixed: boolean;
  /** True when the process began after the run did, so that all its counts belong to the run. */
  isNewProcess: boolean;
  /**
   * The increase of a counter since the run began, at each scrape. Adds up the samples of the name whose labels include the
   * given ones. A counter that does not exist yet counts as 0.
   */
  increase(name: string, labels?: Record<string, string>): number[];
}

/** A counter that fell between two scrapes of one process. */
export interface CounterFall {
  name: string;
  labels: Record<string, string>;
  before: number;
  after: number;
  /** The scrape that shows the lower number. */
  scrape: MetricsScrape;
}

/**
 * Sorts scrapes by instance and finds the restarts: another process start time or, where there is none, a counter that fell.
 *
 * Start times in whole seconds may be the same for two processes. So if counters of several names fell, two processes are
 * assumed; only the catalogue's own start of the counters tells processes apart for sure.
 *
 * @param sinceMs wall time of the run's beginning. The counts of a process before its first scrape are left out, unless the
 *   process started later than this.
 */
export function countByInstance(scrapes: MetricsScrape[], sinceMs: number): InstanceCounters[] {
  const byInstance = new Map<string, MetricsScrape[]>();
  for (const scrape of scrapes) {
    const series = byInstance.get(scrape.instance);
    if (series === undefined) byInstance.set(scrape.instance, [scrape]);
    else series.push(scrape);
  }
  return [...byInstance].map(([instance, series]) => followInstance(instance, series, sinceMs));
}

/** Exporters give their start time in whole seconds. */
const START_TIME_MARGIN_MS = 1_000;

function followInstance(
  instance: string,
  scrapes: MetricsScrape[],
  sinceMs: number,
): InstanceCounters {
  const startTimes = scrapes.map(startTimeSeconds);
  const isReset = scrapes.map((scrape, place) => {
    const before = scrapes[place - 1];
    if (before === undefined) return false;
    return startTimes[place] === undefined && startTimes[place - 1] === undefined
      ? fallsBetween(before, scrape).length > 0
      : startTimes[place] !== startTimes[place - 1];
  });
  const falls = scrapes.flatMap((scrape, place) => {
    const before = scrapes[place - 1];
    return before === undefined || isReset[place] ? [] : fallsBetween(before, scrape);
  });
  const isOneProcess =
    scrapes.every(hasOwnStart) || new Set(falls.map(({ name }) => name)).size <= 1;
  const startedMs = (startTimes[0] ?? Number.NEGATIVE_INFINITY) * 1000;
  const isNewProcess = startedMs > sinceMs + START_TIME_MARGIN_MS;
  // A process that replaces one of which the run has seen a page begins later than the run.
  const livedBefore = startTimes.some(
    (start = Number.POSITIVE_INFINITY, place) => isReset[place] === true && start * 1000 < sinceMs,
  );

  return {
    instance,
    scrapes,
    processes: splitBefore(scrapes, isReset),
    falls: falls.filter(({ name }) => OUR_COUNTERS.has(name)),
    isMixed: comesBack(startTimes) || livedBefore || !isOneProcess,
    isNewProcess,
    increase(name, labels = {}) {
      let before = isNewProcess ? 0 : undefined;
      let risen = 0;
      return scrapes.map(({ samples }, place) => {
        const value = sumOf(samples, name, labels);
        risen += value - (isReset[place] ? 0 : (before ?? value));
        before = value;
        return risen;
      });
    },
  };
}

const OWN_START = serverMetrics.countersStarted.name;

const hasOwnStart = ({ samples }: MetricsScrape): boolean =>
  samples.some(({ name }) => name === OWN_START);

function startTimeSeconds({ samples }: MetricsScrape): number | undefined {
  const sampled = (wanted: string) => samples.find(({ name }) => name === wanted)?.value;
  return sampled(OWN_START) ?? sampled('process_start_time_seconds');
}

const OUR_COUNTERS = new Set<string>(
  Object.values(serverMetrics)
    .filter(({ type }) => type === 'counter')
    .map(({ name }) => name),
);

function fallsBetween(before: MetricsScrape, scrape: MetricsScrape): CounterFall[] {
  const values = new Map(
    before.samples.filter(isCounter).map((sample) => [keyOf(sample), sample.value]),
  );
  return scrape.samples.filter(isCounter).flatMap((sample) => {
    const { name, labels, value: after } = sample;
    const value = values.get(keyOf(sample)) ?? 0;
    return after < value ? [{ name, labels, before: value, after, scrape }] : [];
  });
}

const GAUGES_NAMED_TOTAL = /^nodejs_active_/;

/** By the naming rule for counters; prom-client's gauges `nodejs_active_*_total` break it. */
const isCounter = ({ name }: MetricSample): boolean =>
  name.endsWith('_total') && !GAUGES_NAMED_TOTAL.test(name);

const keyOf = ({ name, labels }: MetricSample): string =>
  `${name} ${Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .sort()
    .join(' ')}`;

/** Splits a list before each item that is marked. */
function splitBefore<Item>(items: Item[], isMarked: boolean[]): Item[][] {
  const parts: Item[][] = [];
  for (const [place, item] of items.entries()) {
    if (place === 0 || isMarked[place]) parts.push([]);
    parts.at(-1)?.push(item);
  }
  return parts;
}

/** True when a value appears again after another value. */
function comesBack(values: (number | undefined)[]): boolean {
  const seen = new Set<number | undefined>();
  let current: number | undefined;
  for (const value of values) {
    if (value !== current && seen.has(value)) return true;
    seen.add(value);
    current = value;
  }
  return false;
}

function sumOf(samples: MetricSample[], name: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels);
  let sum = 0;
  for (const sample of samples) {
    if (sample.name !== name) continue;
    if (wanted.every(([label, value]) => sample.labels[label] === value)) sum += sample.value;
  }
  return sum;
}
