import type { MetricSample } from '../../metrics/prometheus-text.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import { isDead, NS_PER_MS, STARTED_AT_MS, type World } from '../world.ts';

/** The server processes: each has counters of its own and is scraped by itself. */
export interface Instances {
  /** Raises a counter of an instance. */
  inc(instance: number, name: string, labels: Record<string, string>): void;
  gauges: Gauges;
  /** Scrapes every instance that is not killed; the answers arrive a moment later. */
  scrapeAll(): void;
  scrapes: MetricsScrape[];
}

/** The numbers that an instance looks up when it is scraped. */
export interface Gauges {
  /** Reads the gauges of the stock from the ledger. */
  readStock(): MetricSample[];
  /** The events that each consumer group has still to handle. */
  waiting: Map<string, number>;
}

/** An instance reads the gauges of the stock again when they are this old. */
const STOCK_FRESH_NS = 1_000 * NS_PER_MS;

export function createInstances(world: World): Instances {
  const { sale, options, timeline, networkNs } = world;
  const counters = sale.target.map(() => new Map<string, MetricSample>());
  const stockReadings = sale.target.map(() => ({ atNs: Number.NEGATIVE_INFINITY, samples: NONE }));
  const gauges: Gauges = { readStock: () => [], waiting: new Map() };
  const scrapes: MetricsScrape[] = [];

  function samplesOf(place: number): MetricSample[] {
    const reading = stockReadings[place] as (typeof stockReadings)[number];
    if (timeline.nowNs() - reading.atNs >= STOCK_FRESH_NS) {
      reading.samples = gauges.readStock();
      const [first] = reading.samples;
      if (first !== undefined && world.errs('wrong-gauge', 0.5)) first.value++;
      reading.atNs = timeline.nowNs();
    }
    return [
      { name: 'process_start_time_seconds', labels: {}, value: STARTED_AT_MS / 1000 - 10 },
      {
        name: 'flashsale_counters_started_seconds',
        labels: {},
        value: STARTED_AT_MS / 1000 - 9.5 + place / 1000,
      },
      { name: 'flashsale_http_requests_in_flight', labels: {}, value: 0 },
      ...reading.samples,
      ...[...gauges.waiting].flatMap(([group, value]) => [
        { name: 'flashsale_consumer_lag_events', labels: { group }, value },
        { name: 'flashsale_dead_letters', labels: { group }, value: 0 },
      ]),
      ...[...(counters[place] as Map<string, MetricSample>).values()].map((sample) => ({
        ...sample,
      })),
    ];
  }

  return {
    gauges,
    scrapes,
    inc(instance, name, labels) {
      const ofInstance = counters[instance] as Map<string, MetricSample>;
      const key = `${name} ${Object.values(labels).join(' ')}`;
      const sample = ofInstance.get(key);
      if (sample === undefined) ofInstance.set(key, { name, labels, value: 1 });
      else if (name.includes('reservations') && world.errs('fallen-counter', 0.02))
        sample.value = 0;
      else sample.value++;
    },
    scrapeAll() {
      if (!options.isScraped) return;
      for (const [place, instance] of sale.target.entries()) {
        if (isDead(world, place)) continue;
        const startedAtNs = timeline.nowNs();
        timeline.after(networkNs(), () => {
          if (isDead(world, place)) return;
          const samples = samplesOf(place);
          timeline.after(networkNs(), () => {
            scrapes.push({ instance, startedAtNs, endedAtNs: timeline.nowNs(), samples });
          });
        });
      }
    },
  };
}

const NONE: MetricSample[] = [];
