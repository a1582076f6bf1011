import type { MetricSample } from './prometheus-text.ts';
import type { MetricsScrape } from './scrape.ts';

/** One instance's counters over a run, with restarts seen and evened out as Prometheus's `increase` would. */
export interface InstanceCounters {
  instance: string;
  /** In the order they were taken. */
  scrapes: MetricsScrape[];
  /**
   * How often the process behind the URL was replaced. Whatever the old one counted between its last scrape and its
   * end was never seen, so with restarts every increase is a lower bound.
   */
  restarts: number;
  /** Processes take turns behind this URL (a load balancer): its counters are several mixed, and mean nothing. */
  isMixed: boolean;
  /** The process began after the run did, so all it ever counted belongs to the run. */
  isNewProcess: boolean;
  /**
   * How far a counter had risen since the run began, at each scrape: samples of the name whose labels include the given
   * ones, added up. A counter that is not there yet stands at 0.
   */
  increase(name: string, labels?: Record<string, string>): number[];
}

/**
 * Sorts scrapes by instance and finds the restarts: another process start time, or a counter that fell.
 *
 * @param sinceMs wall time of the run's beginning. What a process had counted before its first scrape is left out,
 *   unless the process itself started later than this.
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

/** Whole seconds is how exactly exporters tell when they started. */
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

/** By the naming rule; `nodejs_active_*_total` are gauges of prom-client's that break it. */
const isCounter = ({ name }: MetricSample): boolean =>
  name.endsWith('_total') && !GAUGES_NAMED_TOTAL.test(name);

const keyOf = ({ name, labels }: MetricSample): string =>
  `${name} ${Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .sort()
    .join(' ')}`;

/** Whether a value is seen again after another one took its place. */
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
