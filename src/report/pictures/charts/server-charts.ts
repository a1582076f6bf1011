import type { RecordedHistory } from '../../../history/parser.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import { type Chart, NOTHING, type Tone } from '../pictures.ts';
import { round } from './buckets.ts';
import type { SaleClock } from './sale-clock.ts';

/** A chart of one metric of each instance. */
interface ServerMetric {
  metric: string;
  title: string;
  unit: string;
  /** Values are divided by this. */
  per?: number;
  /** True for a counter, of which the rise per second is drawn. */
  isRate?: boolean;
}

const SERVER_METRICS: ServerMetric[] = [
  {
    metric: 'process_cpu_seconds_total',
    title: 'CPU of each server',
    unit: 'cores',
    isRate: true,
  },
  {
    metric: 'nodejs_eventloop_lag_p99_seconds',
    title: 'Event-loop delay of each server, p99',
    unit: 'ms',
    per: 1e-3,
  },
  {
    metric: 'process_resident_memory_bytes',
    title: 'Memory of each server',
    unit: 'MB',
    per: 1e6,
  },
  {
    metric: 'flashsale_http_requests_in_flight',
    title: 'Requests in flight at each server',
    unit: 'requests',
  },
  { metric: 'flashsale_outbox_events', title: 'Events that wait for delivery', unit: 'events' },
];

const TONES: Tone[] = ['first', 'second', 'third', 'warn', 'quiet', 'good', 'bad', 'plain'];

/** Draws those metrics of the servers that their scrapes have. */
export function serverCharts({ scrapes = [] }: RecordedHistory, clock: SaleClock): Chart[] {
  const x = [...new Set(scrapes.map(({ endedAtNs }) => round(clock.ofNs(endedAtNs))))].sort(
    (a, b) => a - b,
  );
  const placeOf = new Map(x.map((at, place) => [at, place]));
  const ofInstance = [...groupBy(scrapes, ({ instance }) => instance)].slice(0, TONES.length);
  return SERVER_METRICS.flatMap((shown): Chart[] => {
    const series = ofInstance.map(([label, ofOne], place) => {
      const values = x.map((): number | null => null);
      for (const { at, value } of valuesOf(ofOne, shown, clock)) {
        values[placeOf.get(at) as number] = value;
      }
      return { label, tone: TONES[place] as Tone, values };
    });
    if (!series.some(({ values }) => values.some((value) => value !== null))) return [];
    const { title, unit } = shown;
    return [{ title, unit, x, series, ...NOTHING }];
  });
}

/** The values of a metric in the scrapes of one instance, all its labels added up. */
function valuesOf(
  scrapes: MetricsScrape[],
  { metric, per = 1, isRate = false }: ServerMetric,
  clock: SaleClock,
): { at: number; value: number }[] {
  const known = scrapes.flatMap(({ samples, endedAtNs }) => {
    const found = samples.filter(({ name }) => name === metric);
    if (found.length === 0) return [];
    const value = found.reduce((sum, sample) => sum + sample.value, 0);
    return { at: round(clock.ofNs(endedAtNs)), value: value / per };
  });
  if (!isRate) return known.map(({ at, value }) => ({ at, value: round(value) }));
  return known.slice(1).flatMap(({ at, value }, place) => {
    const before = known[place] as { at: number; value: number };
    // A counter that fell begins anew after a restart.
    const rise = value < before.value ? value : value - before.value;
    return at > before.at ? { at, value: round(rise / (at - before.at)) } : [];
  });
}
