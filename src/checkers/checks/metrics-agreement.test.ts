import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { MetricSample } from '../../metrics/prometheus-text.ts';
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
    const after = (held: number) => ({ held: Math.max(held, 2), soldOut: 1, sold: 1 });
    const during = (held: number) =>
      judged([BEFORE, scrape([20.5, 25], { held }), scrape([70, 71], after(held))]).status;
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

describe('metrics-agreement: counters that fall', () => {
  it('names a counter that fell while its process went on, whatever else that upsets', () => {
    const { status, summary } = judged([
      BEFORE,
      scrape([65, 66], { held: 2, soldOut: 1, sold: 1 }),
      scrape([70, 71], { held: 0, soldOut: 1, sold: 1, reserved: 2 }),
    ]);
    expect(status).toBe('invalid');
    expect(summary).toBe(
      'flashsale_reservations_total{outcome="held"} of http://one fell from 2 to 0 at 12:00:00.071 UTC, and its process was not restarted',
    );
  });

  it('does not take two processes of one second for one', () => {
    const { status, summary } = judged([
      BEFORE,
      scrape([65, 66], { held: 2, soldOut: 1, sold: 1 }),
      scrape([70, 71], { held: 1, soldOut: 0, sold: 0 }),
    ]);
    expect(status).toBe('skipped');
    expect(summary).toContain('several processes answer');
  });
});

describe('metrics-agreement: every decision', () => {
  const counter = (name: string, labels: Record<string, string>, value: number): MetricSample => ({
    ...{ name, labels, value },
  });
  const WHOLE = counter('flashsale_counters_started_seconds', {}, 1_000.25);
  const withSamples = (
    [fromMs, toMs]: [number, number],
    counts: Counts,
    ...samples: MetricSample[]
  ): MetricsScrape => {
    const taken = scrape([fromMs, toMs], counts);
    taken.samples.push(WHOLE, ...samples);
    return taken;
  };
  const FINAL: Counts = { held: 2, soldOut: 1, sold: 1 };
  const judgedWith = (samples: MetricSample[], calls: Call[]) =>
    judged([withSamples([0, 1], {}), withSamples([1_500, 1_501], FINAL, ...samples)], {
      calls: [...CALLS, ...calls],
    });

  it.each([
    ['reserve', 'ALREADY_RESERVED', 'flashsale_reservations_total', 'already_reserved'],
    ['confirm', 'RESERVATION_EXPIRED', 'flashsale_orders_total', 'expired'],
    ['register', 'CAMPAIGN_FULL', 'flashsale_registrations_total', 'full'],
    ['attempt', 'OUT_OF_STOCK', 'flashsale_attempts_total', 'sold_out'],
  ] as const)('compares the calls that %s and are refused as %s', (kind, code, name, outcome) => {
    const calls = [refused(kind, 'dan', [45, 48], { code, ...at(ONE) })];
    expect(judgedWith([counter(name, { outcome }, 1)], calls).status).toBe('valid');
    expect(judgedWith([counter(name, { outcome }, 2)], calls).status).toBe('invalid');
    const { summary } = judgedWith([], calls);
    expect(summary).toContain(`counted 0 answers ${code} to calls that ${kind}`);
  });

  it('compares checkouts whose payment is pending', () => {
    const pending = unanswered('confirm', 'bob', 45, { hold: 'b', status: 202, ...at(ONE) });
    const told = (value: number) =>
      judgedWith([counter('flashsale_orders_total', { outcome: 'pending' }, value)], [pending]);
    expect(told(1).status).toBe('valid');
    expect(told(0).status).toBe('valid');
    expect(told(2).summary).toContain('counted 2 checkouts with a pending payment');
  });

  it('allows a refusal of a repeated call to come from memory', () => {
    const again = { code: 'ALREADY_RESERVED', idempotencyKey: 'k', ...at(ONE) };
    const calls = [
      refused('reserve', 'dan', [41, 43], again),
      refused('reserve', 'dan', [45, 48], again),
    ];
    const told = (value: number) =>
      judgedWith(
        [counter('flashsale_reservations_total', { outcome: 'already_reserved' }, value)],
        calls,
      ).status;
    expect([0, 1, 2, 3].map(told)).toEqual(['valid', 'valid', 'valid', 'invalid']);
  });

  it('does not miss a label on a server that does not show the whole catalogue', () => {
    const calls = [
      ...CALLS,
      refused('reserve', 'dan', [45, 48], { code: 'ALREADY_RESERVED', ...at(ONE) }),
    ];
    expect(judged([BEFORE, AFTER], { calls }).status).toBe('valid');
  });

  it('compares requests by route and status, one second late', () => {
    const asked: Call[] = [
      said('release', 'bob', [45, 50], { hold: 'b', requestId: 'r1', ...at(ONE) }),
      refused('release', 'bob', [55, 58], { code: 'NOT_FOUND', status: 404, ...at(ONE) }),
    ];
    const requests = (status: string, value: number) =>
      counter(
        'flashsale_http_requests_total',
        { method: 'DELETE', route: '/api/v1/reservations/:id', status },
        value,
      );
    const told = (ok: number, missing: number, atMs = 1_500) =>
      judged(
        [
          withSamples([0, 1], {}),
          withSamples(
            [atMs, atMs + 1],
            FINAL,
            requests('200', ok),
            requests('404', missing),
            counter(
              'flashsale_http_requests_total',
              { method: 'POST', route: '/api/v1/reservations', status: '201' },
              2,
            ),
            counter(
              'flashsale_http_requests_total',
              { method: 'POST', route: '/api/v1/orders/checkout', status: '201' },
              1,
            ),
          ),
        ],
        {
          calls: [...CALLS, ...asked],
          entries: [...ENTRIES, { kind: 'RELEASED', hold: 'b', buyer: 'bob', atMs: 47 }],
        },
      );
    const released = counter('flashsale_stock_movements_total', { kind: 'RELEASED' }, 1);
    expect(released.value).toBe(1);
    expect(told(1, 1).summary).toContain('the instances counted 0 RELEASED movements');
    expect(told(0, 1).summary).toContain(
      'counted 0 answers 200 to DELETE /api/v1/reservations/:id',
    );
    expect(told(2, 1).summary).toContain('counted 2 answers 200 to DELETE');
    // The second refusal carries no request id: a proxy may have given it.
    expect(told(1, 0).summary).toContain('RELEASED movements');
    expect(told(1, 2).summary).toContain('counted 2 answers 404 to DELETE');
    expect(told(0, 1, 900).summary).toContain('RELEASED movements');
  });
});

describe('metrics-agreement: the gauges of the stock', () => {
  const shows = (
    [fromMs, toMs]: [number, number],
    [available, reserved, sold]: [number, number, number],
    { oversold = 0, counts = {} as Counts } = {},
  ): MetricsScrape => {
    const taken = scrape([fromMs, toMs], counts);
    const units = { available, reserved, sold };
    for (const [state, value] of Object.entries(units)) {
      taken.samples.push({ name: 'flashsale_stock_units', labels: { sku: SKU, state }, value });
    }
    taken.samples.push({ name: 'flashsale_oversold_units', labels: { sku: SKU }, value: oversold });
    return taken;
  };
  const FINAL = { held: 2, soldOut: 1, sold: 1 };
  const during = (units: [number, number, number], oversold = 0) =>
    judged([
      shows([0, 1], [2, 0, 0]),
      shows([22, 24], units, { oversold, counts: { held: 1 } }),
      shows([70, 71], [0, 1, 1], { counts: FINAL }),
    ]);

  it('may show any state that the ledger went through, in their order', () => {
    for (const units of [
      [2, 0, 0],
      [1, 1, 0],
      [0, 2, 0],
      [0, 1, 1],
    ] as const) {
      expect(during([...units]).status).toBe('valid');
    }
    const back = judged([shows([0, 1], [0, 2, 0]), shows([70, 71], [1, 1, 0], { counts: FINAL })]);
    expect(back.summary).toContain('shows 1 available, 1 reserved and 0 sold of SKU-1');
  });

  it.each([
    ['units oversold', [0, 2, 0], 3, 'flashsale_oversold_units shows 3 for SKU-1'],
    ['a negative number', [-1, 2, 1], 0, 'shows -1 available'],
    ['other units than the total', [1, 2, 0], 0, 'shows 1 available, 2 reserved and 0 sold'],
    ['a state that never was', [1, 0, 1], 0, 'shows 1 available, 0 reserved and 1 sold'],
  ] as const)('must not show %s', (_what, units, oversold, words) => {
    const { status, summary } = during([...units], oversold);
    expect(status).toBe('invalid');
    expect(summary).toContain(words);
    expect(summary).toContain('http://one, scraped at 12:00:00.024 UTC');
  });

  it('must have moved on ten seconds after a number was answered', () => {
    const calls = CALLS.map((call, place) => ({ ...call, sequence: [1, 2, 2, 3][place] }));
    const showing = (atMs: number) =>
      judged([shows([0, 1], [2, 0, 0]), shows([atMs, atMs + 1], [0, 2, 0], { counts: FINAL })], {
        calls,
      }).status;
    expect(showing(10_060)).toBe('valid');
    expect(showing(10_061)).toBe('invalid');
  });
});

describe('metrics-agreement: instances behind a load balancer', () => {
  const TWO = 'http://two';
  const calls = CALLS.map((call) => ({ ...call, instance: 'http://balancer' }));
  const counted = (one: Counts, two: Counts) =>
    judged(
      [
        BEFORE,
        scrape([70, 71], one),
        scrape([0, 1], {}, { instance: TWO }),
        scrape([70, 71], two, { instance: TWO }),
      ],
      { calls },
    );

  it('are compared together with all calls', () => {
    expect(counted({ held: 1, sold: 1 }, { held: 1, soldOut: 1 }).status).toBe('valid');
    const { status, summary } = counted({ held: 1, sold: 1 }, { held: 1, soldOut: 2 });
    expect(status).toBe('invalid');
    expect(summary).toContain('2 instances together counted 2 refusals for want of stock');
  });
});

describe('metrics-agreement: events handled', () => {
  const withEvents = (
    [fromMs, toMs]: [number, number],
    counts: Counts,
    { handled, lag = 0, dead = 0 }: { handled: number; lag?: number; dead?: number },
  ): MetricsScrape => {
    const taken = scrape([fromMs, toMs], counts);
    const labels = { group: 'analytics' };
    taken.samples.push(
      { name: 'flashsale_events_handled_total', labels, value: handled },
      { name: 'flashsale_consumer_lag_events', labels, value: lag },
      { name: 'flashsale_dead_letters', labels, value: dead },
    );
    return taken;
  };
  const told = (
    before: { handled: number; lag?: number; dead?: number },
    after: { handled: number; lag?: number; dead?: number },
  ) => {
    const ledger = booksOf(sale, ENTRIES);
    ledger.deliveries = ledger.movements.map(({ sequence, skuId }) => ({
      ...{ row: 'delivery', group: 'analytics', eventId: `${sequence}`, type: 'RESERVED' },
      ...{ topic: 'flash-sale-inventory-updates', skuId, sequence },
    }));
    ledger.backlog = [{ row: 'backlog', skuId: SKU, pending: 0, deadLetters: 0 }];
    const scrapes = [
      withEvents([0, 1], {}, before),
      withEvents([70, 71], { held: 2, soldOut: 1, sold: 1 }, after),
    ];
    return check(evidenceOf(sale, CALLS, { scrapes, ledger }));
  };

  it('must be the deliveries in the ledger', () => {
    expect(told({ handled: 10 }, { handled: 13 }).status).toBe('valid');
    expect(told({ handled: 10 }, { handled: 12 }).summary).toBe(
      'the instances counted 2 events handled by analytics, the ledger has 3',
    );
    expect(told({ handled: 10 }, { handled: 14 }).status).toBe('invalid');
  });

  it('may be fewer while events wait, and more where events of earlier sales waited', () => {
    expect(told({ handled: 0 }, { handled: 1, lag: 2 }).status).toBe('valid');
    expect(told({ handled: 0, lag: 5 }, { handled: 8 }).status).toBe('valid');
  });

  it('are given up no more often than in the ledger', () => {
    expect(told({ handled: 0, dead: 4 }, { handled: 3, dead: 4 }).status).toBe('valid');
    expect(told({ handled: 0, dead: 4 }, { handled: 3, dead: 5 }).summary).toBe(
      'http://one shows 1 new dead letter, the ledger has 0',
    );
  });
});

itCatches(metricsAgreement, ['uncounted', 'counted-twice', 'fallen-counter', 'wrong-gauge']);
