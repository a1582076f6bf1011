import type { MetricsScrape } from '../../../src/metrics/scrape.ts';
import { isDead, STARTED_AT_MS, type World } from './world.ts';

/** The server processes: each has counters of its own and is scraped by itself. */
export interface Instances {
  /** Raises a counter of an instance; `sample` is its name and its label's value with a space between. */
  inc(instance: number, sample: string): void;
  /** Scrapes every instance that is not killed; the answers arrive a moment later. */
  scrapeAll(): void;
  scrapes: MetricsScrape[];
}

export function createInstances(world: World): Instances {
  const { sale, timeline, networkNs } = world;
  const counters = sale.target.map(() => new Map<string, number>());
  const startedAtSeconds = STARTED_AT_MS / 1000 - 10;
  const scrapes: MetricsScrape[] = [];
  return {
    scrapes,
    inc(instance, sample) {
      const counter = counters[instance] as Map<string, number>;
      counter.set(sample, (counter.get(sample) ?? 0) + 1);
    },
    scrapeAll() {
      for (const [place, instance] of sale.target.entries()) {
        if (isDead(world, place)) continue;
        const startedAtNs = timeline.nowNs();
        timeline.after(networkNs(), () => {
          if (isDead(world, place)) return;
          const samples = samplesOf(counters[place] as Map<string, number>);
          samples.push({
            name: 'process_start_time_seconds',
            labels: {},
            value: startedAtSeconds,
          });
          scrapes.push({ instance, startedAtNs, endedAtNs: timeline.nowNs() + 1, samples });
        });
      }
    },
  };
}

const samplesOf = (counters: Map<string, number>): MetricsScrape['samples'] => [
  { name: 'flashsale_http_requests_in_flight', labels: {}, value: 0 },
  ...[...counters].map(([sample, value]) => {
    const [name, label] = sample.split(' ') as [string, string];
    const labels: Record<string, string> =
      name === 'flashsale_stock_movements_total' ? { kind: label } : { outcome: label };
    return { name, labels, value };
  }),
];
