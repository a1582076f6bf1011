import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
  saleOf,
} from '../../../../../test/judge/story.ts';
import type { MetricSample } from '../../../../metrics/prometheus-text.ts';
import type { MetricsScrape } from '../../../../metrics/scrape.ts';
import { metricsAgreement } from '../../metrics-agreement.ts';

export const sale = saleOf({ total: 2 });
export const ONE = 'http://one';

/** The counts of a scrape, each 0 unless a test says otherwise. */
export interface Counts {
  held?: number;
  soldOut?: number;
  sold?: number;
  reserved?: number;
  bought?: number;
  expired?: number;
}

/** One sample of a page of metrics. */
export const sample = (
  name: string,
  labels: Record<string, string>,
  value: number,
): MetricSample => ({ name, labels, value });

/** A scrape of an instance from `fromMs` to `toMs` of the story. */
export const scrape = (
  [fromMs, toMs]: [number, number],
  counts: Counts = {},
  { instance = ONE, startedAtS = 1_000 } = {},
): MetricsScrape => {
  const { held = 0, soldOut = 0, sold = 0, reserved = held, bought = sold, expired = 0 } = counts;
  return {
    instance,
    startedAtNs: fromMs * 1e6,
    endedAtNs: toMs * 1e6,
    samples: [
      sample('process_start_time_seconds', {}, startedAtS),
      sample('flashsale_reservations_total', { outcome: 'held' }, held),
      sample('flashsale_reservations_total', { outcome: 'out_of_stock' }, soldOut),
      sample('flashsale_orders_total', { outcome: 'sold' }, sold),
      sample('flashsale_stock_movements_total', { kind: 'RESERVED' }, reserved),
      sample('flashsale_stock_movements_total', { kind: 'SOLD' }, bought),
      sample('flashsale_stock_movements_total', { kind: 'EXPIRED' }, expired),
    ],
  };
};

/** The instance that a call names. */
export const at = (instance: string) => ({ instance });

/** Ann holds and buys, Bob holds, Cid is turned away. */
export const CALLS: Call[] = [
  said('reserve', 'ann', [10, 20], { hold: 'a', ...at(ONE) }),
  said('reserve', 'bob', [15, 30], { hold: 'b', ...at(ONE) }),
  refused('reserve', 'cid', [32, 40], at(ONE)),
  said('confirm', 'ann', [50, 60], { hold: 'a', ...at(ONE) }),
];
export const ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 16 },
  { kind: 'RESERVED', hold: 'b', buyer: 'bob', atMs: 17 },
  { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 55 },
];
export const BEFORE = scrape([0, 1]);
export const AFTER = scrape([70, 71], { held: 2, soldOut: 1, sold: 1 });

export const judged = (scrapes: MetricsScrape[], { calls = CALLS, entries = ENTRIES } = {}) =>
  metricsAgreement.check(evidenceOf(sale, calls, { scrapes, ledger: booksOf(sale, entries) }));

/** The same for servers that the run did not start: there may be processes that nobody scraped. */
export function judgedFromOutside(scrapes: MetricsScrape[], calls: Call[], entries = ENTRIES) {
  const evidence = evidenceOf(sale, calls, { scrapes, ledger: booksOf(sale, entries) });
  return metricsAgreement.check({
    ...evidence,
    sale: { ...evidence.sale, evidence: { ...evidence.sale.evidence, scrapedAll: undefined } },
  });
}

/** The same scrape with more samples. */
export const withSamples = (taken: MetricsScrape, ...samples: MetricSample[]): MetricsScrape => ({
  ...taken,
  samples: [...taken.samples, ...samples],
});

/** A server with this sample has the whole catalogue: a counter that it does not show stands at 0. */
export const WHOLE = sample('flashsale_counters_started_seconds', {}, 1_000.25);

/** A scrape of a server that has the whole catalogue. */
export const whole = (
  times: [number, number],
  counts: Counts,
  ...samples: MetricSample[]
): MetricsScrape => withSamples(scrape(times, counts), WHOLE, ...samples);

/** The counts at the end of the story. */
export const FINAL: Counts = { held: 2, soldOut: 1, sold: 1 };
