import type { MetricSample } from './prometheus-text.ts';
import type { MetricsScrape } from './scrape.ts';

/** One instance's counters over a run. Restarts are detected and evened out, as Prometheus's `increase` does. */
export interface InstanceCounters {
  instance: string;
  /** In the order they were taken. */
  scrapes: MetricsScrape[];
  /**
   * Number of times that the process behind the URL was replaced. The old process's counts between its last scrape and its
   * end are lost, so with restarts every increase is a lower bound.
   */
  restarts: number;
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

/**
 * Sorts scrapes by instance and finds the restarts: another process start time, or a counter that fell.
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
    return (
      before !== undefined &&
      (startTimes[place] !== startTimes[place - 1] || someCounterFell(before, scrape))
    );
  });
  const startedMs = (startTimes[0] ?? Number.NEGATIVE_INFINITY) * 1000;
  const isNewProcess = startedMs > sinceMs + START_TIME_MARGIN_MS;

  return {
    instance,
    scrapes,
    restarts: isReset.filter(Boolean).length,
    isMixed: comesBack(startTimes),
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

const startTimeSeconds = ({ samples }: MetricsScrape): number | undefined =>
  samples.find(({ name }) => name === 'process_start_time_seconds')?.value;

function someCounterFell(before: MetricsScrape, after: MetricsScrape): boolean {
  const values = new Map(
    before.samples.filter(isCounter).map((sample) => [keyOf(sample), sample.value]),
  );
  return after.samples.some(
    (sample) => isCounter(sample) && sample.value < (values.get(keyOf(sample)) ?? 0),
  );
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
