import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import { metricsAgreement } from './metrics-agreement.ts';

const sale = saleOf({ total: 2 });
const ONE = 'http://one';
const check = metricsAgreement.check;

interface Counts {
  held?: number;
  soldOut?: number;
  sold?: number;
  reserved?: number;
  bought?: number;
  expired?: number;
}

/** A scrape of an instance from `fromMs` to `toMs` of the story. */
const scrape = (
  [fromMs, toMs]: [number, number],
  counts: Counts = {},
  { instance = ONE, startedAtS = 1_000 } = {},
): MetricsScrape => {
  const { held = 0, soldOut = 0, sold = 0, reserved = held, bought = sold, expired = 0 } = counts;
  const counter = (name: string, label: string, text: string, value: number) => ({
    name,
    labels: { [label]: text },
    value,
  });
  return {
    instance,
    startedAtNs: fromMs * 1e6,
    endedAtNs: toMs * 1e6,
    samples: [
      { name: 'process_start_time_seconds', labels: {}, value: startedAtS },
      counter('flashsale_reservations_total', 'outcome', 'held', held),
      counter('flashsale_reservations_total', 'outcome', 'out_of_stock', soldOut),
      counter('flashsale_orders_total', 'outcome', 'sold', sold),
      counter('flashsale_stock_movements_total', 'kind', 'RESERVED', reserved),
      counter('flashsale_stock_movements_total', 'kind', 'SOLD', bought),
      counter('flashsale_stock_movements_total', 'kind', 'EXPIRED', expired),
    ],
  };
};

const at = (instance: string) => ({ instance });

/** Ann holds and buys, Bob holds, Cid is turned away. */
const CALLS: Call[] = [
  said('reserve', 'ann', [10, 20], { hold: 'a', ...at(ONE) }),
  said('reserve', 'bob', [15, 30], { hold: 'b', ...at(ONE) }),
  refused('reserve', 'cid', [32, 40], at(ONE)),
  said('confirm', 'ann', [50, 60], { hold: 'a', ...at(ONE) }),
];
const ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 16 },
  { kind: 'RESERVED', hold: 'b', buyer: 'bob', atMs: 17 },
  { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 55 },
];
const BEFORE = scrape([0, 1]);
const AFTER = scrape([70, 71], { held: 2, soldOut: 1, sold: 1 });

const judged = (scrapes: MetricsScrape[], { calls = CALLS, entries = ENTRIES } = {}) =>
  check(evidenceOf(sale, calls, { scrapes, ledger: booksOf(sale, entries) }));

describe('metrics-agreement', () => {
  it('S0.7 is valid when answers, ledger and counters agree', () => {
    const { status, summary } = judged([BEFORE, scrape([25, 26], { held: 2 }), AFTER]);
    expect(status).toBe('valid');
    expect(summary).toBe('answers, ledger and counters agree in 3 scrapes of 1 instance');
  });

  it('allows a scrape to count calls that may have been decided by then, and requires those that were answered', () => {
    const during = (held: number) => judged([BEFORE, scrape([20.5, 25], { held }), AFTER]).status;
    expect(during(0)).toBe('invalid');
    expect(during(1)).toBe('valid');
    expect(during(2)).toBe('valid');
    expect(during(3)).toBe('invalid');
  });

  it('does not require a call that was answered in the nanosecond of the scrape', () => {
    expect(judged([BEFORE, scrape([20, 25], { held: 0 }), AFTER]).status).toBe('valid');
  });

  it('names the counter as wrong when buyers and ledger agree', () => {
    const { status, witness } = judged([
      BEFORE,
      scrape([70, 71], { held: 1, soldOut: 1, sold: 1, reserved: 2 }),
    ]);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain(
      'had risen by 1. Before the scrape began, 2 reservations made had been answered there. ' +
        'The ledger has 2 in all, as the buyers were told: the counter is wrong.',
    );
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'bob']);
  });

  it('names the answers when ledger and counters agree against them', () => {
    const entries = ENTRIES.filter(({ hold }) => hold !== 'b');
    const { witness } = judged([BEFORE, scrape([70, 71], { held: 1, soldOut: 1, sold: 1 })], {
      entries,
    });
    expect(witness?.prose).toContain('they were told something else than happened');
  });

  it.each([
    ['refusals', { held: 2, soldOut: 2, sold: 1 }],
    ['purchases', { held: 2, soldOut: 1, sold: 2 }],
  ])('compares %s as well', (what, counts) => {
    const { status, summary } = judged([BEFORE, scrape([70, 71], { ...counts, bought: 1 })]);
    expect(status).toBe('invalid');
    expect(summary).toContain(what);
  });

  it('finds movements that were counted and never committed', () => {
    const { status, witness } = judged([
      BEFORE,
      scrape([70, 71], { held: 2, soldOut: 1, sold: 1, reserved: 3 }),
    ]);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('they count what was never committed, or twice');
  });

  it('allows a call without an answer to have been counted or not', () => {
    const calls = [...CALLS, unanswered('reserve', 'dan', 45, at(ONE))];
    const entries: Entry[] = [...ENTRIES, { kind: 'RESERVED', hold: 'd', buyer: 'dan', atMs: 46 }];
    const after = scrape([70, 71], { held: 3, soldOut: 1, sold: 1 });
    expect(judged([BEFORE, after], { calls, entries }).status).toBe('valid');
    expect(judged([BEFORE, AFTER], { calls }).status).toBe('valid');
  });

  it('leaves out what an instance had counted before the run', () => {
    const counts = { held: 102, soldOut: 51, sold: 31 };
    const before = scrape([0, 1], { held: 100, soldOut: 50, sold: 30 });
    expect(judged([before, scrape([70, 71], counts)]).status).toBe('valid');
  });

  it('takes a killed instance’s counters as a lower bound, and reports it', () => {
    const { status, summary } = judged([BEFORE, scrape([25, 26], { held: 1 })]);
    expect(status).toBe('valid');
    expect(summary).toContain('http://one was restarted or not scraped before the first and after');
    expect(judged([BEFORE, scrape([25, 26], { held: 3 })]).status).toBe('invalid');
  });

  it('adds up what the processes before and after a restart counted', () => {
    const startedAtS = sale.startedAtMs / 1000 + 5;
    const restarted = (held: number) =>
      judged([BEFORE, scrape([25, 26], { held: 1 }), scrape([70, 71], { held }, { startedAtS })])
        .status;
    expect(restarted(1)).toBe('valid');
    expect(restarted(0)).toBe('valid');
    expect(restarted(2)).toBe('invalid');
  });

  it('compares each instance with the calls it was sent', () => {
    const TWO = 'http://two';
    const calls = CALLS.map((call) => (call.buyer === 'bob' ? { ...call, instance: TWO } : call));
    const two = (held: number) => [
      scrape([0, 1], {}, { instance: TWO }),
      scrape([70, 71], { held }, { instance: TWO }),
    ];
    const one = [BEFORE, scrape([70, 71], { held: 1, soldOut: 1, sold: 1 })];
    expect(judged([...one, ...two(1)], { calls }).status).toBe('valid');
    const swapped = [BEFORE, AFTER, ...two(0)];
    expect(judged(swapped, { calls }).status).toBe('invalid');
  });

  it('allows the sweeper to work between the last scrape and the ledger', () => {
    const entries: Entry[] = [
      ...ENTRIES,
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob', atMs: 1_020 },
    ];
    expect(judged([BEFORE, AFTER], { entries }).status).toBe('valid');
    const late = scrape([9_000, 9_001], { held: 2, soldOut: 1, sold: 1 });
    expect(judged([BEFORE, late], { entries }).status).toBe('invalid');
    const swept = scrape([9_000, 9_001], { held: 2, soldOut: 1, sold: 1, expired: 1 });
    expect(judged([BEFORE, swept], { entries }).status).toBe('valid');
    expect(judged([BEFORE, swept]).status).toBe('valid');
  });

  it('is skipped for a URL at which several processes answer', () => {
    const other = scrape([30, 31], { held: 1 }, { startedAtS: 1_001 });
    const { status, summary } = judged([BEFORE, other, AFTER]);
    expect(status).toBe('skipped');
    expect(summary).toContain('several processes answer behind http://one');
  });

  it('does not hold calls to a load balancer against the instances behind it', () => {
    const calls = CALLS.map((call) => ({ ...call, instance: 'http://balancer' }));
    const two = [
      scrape([0, 1], {}, { instance: 'http://two' }),
      scrape([70, 71], { held: 1 }, { instance: 'http://two' }),
    ];
    const one = [BEFORE, scrape([70, 71], { held: 1, soldOut: 1, sold: 1 })];
    expect(judged([...one, ...two], { calls }).status).toBe('valid');
  });

  it('is skipped without scrapes, and for servers with metrics of their own', () => {
    expect(check(evidenceOf(sale, CALLS)).status).toBe('skipped');
    const foreign = { ...AFTER, samples: [{ name: 'up', labels: {}, value: 1 }] };
    expect(judged([foreign]).summary).toBe('the scraped /metrics has no flashsale_ counters');
  });
});

itCatches(metricsAgreement, ['uncounted', 'counted-twice']);
