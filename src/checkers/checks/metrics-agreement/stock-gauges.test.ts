import { describe, expect, it } from 'vitest';
import { booksOf, type Entry, evidenceOf, SKU, saleOf } from '../../../../test/judge/story.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import { metricsAgreement } from '../metrics-agreement.ts';
import { CALLS, type Counts, ENTRIES, FINAL, judged, sale, scrape } from './testing/scrapes.ts';

describe('the gauges of the stock', () => {
  const shows = (
    [fromMs, toMs]: [number, number],
    [available, reserved, sold]: [number, number, number],
    { oversold = 0, counts = {} as Counts, sku = SKU, startedAtS = 1_000 } = {},
  ): MetricsScrape => {
    const taken = scrape([fromMs, toMs], counts, { startedAtS });
    const units = { available, reserved, sold };
    for (const [state, value] of Object.entries(units)) {
      taken.samples.push({ name: 'flashsale_stock_units', labels: { sku, state }, value });
    }
    taken.samples.push({ name: 'flashsale_oversold_units', labels: { sku }, value: oversold });
    return taken;
  };
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

  it('are in order for each process: another one behind the URL may have read them before', () => {
    const startedAtS = sale.startedAtMs / 1_000 + 5;
    const readings = (asStartedAtS: number) =>
      judged([
        shows([0, 1], [0, 2, 0]),
        shows([70, 71], [1, 1, 0], { counts: FINAL, startedAtS: asStartedAtS }),
      ]);
    expect(readings(startedAtS).status).toBe('valid');
    expect(readings(1_000).status).toBe('invalid');
  });

  it.each([
    [
      ...['units oversold', [0, 2, 0], 3, 'flashsale_oversold_units shows 3 for SKU-1'],
      'It counts the units held or sold beyond the total.',
    ],
    [
      ...['a negative number', [-1, 2, 1], 0, 'shows -1 available'],
      'No number of units is below 0.',
    ],
    [
      ...['other units than the total', [1, 2, 0], 0, 'shows 1 available, 2 reserved and 0 sold'],
      'SKU-1 has 2 units, and each is available, reserved or sold.',
    ],
    [
      ...['a state that never was', [1, 0, 1], 0, 'shows 1 available, 0 reserved and 1 sold'],
      'The ledger had no such state from its movement 0 on.',
    ],
  ] as [string, [number, number, number], number, string, string][])(
    'must not show %s',
    (_what, units, oversold, words, why) => {
      const { status, summary, witness } = during([...units], oversold);
      expect(status).toBe('invalid');
      expect(summary).toContain(words);
      expect(witness?.prose).toContain(why);
      expect(summary).toContain('http://one, scraped at 12:00:00.024 UTC');
    },
  );

  it('must have moved on ten seconds after a number was answered', () => {
    const calls = CALLS.map((call, place) => ({ ...call, sequence: [1, 2, 2, 3][place] }));
    const showing = (atMs: number) =>
      judged([shows([0, 1], [2, 0, 0]), shows([atMs, atMs + 1], [0, 2, 0], { counts: FINAL })], {
        calls,
      }).status;
    expect(showing(10_060)).toBe('valid');
    expect(showing(10_061)).toBe('invalid');
    const refused = CALLS.map((call) =>
      call.outcome === 'fail' ? { ...call, sequence: 3 } : call,
    );
    const scrapes = [0, 1_000, 30_000].map((ms) =>
      shows([ms, ms + 1], ms === 0 ? [2, 0, 0] : [0, 2, 0], { counts: ms === 0 ? {} : FINAL }),
    );
    expect(judged(scrapes, { calls: refused }).status).toBe('invalid');
    expect(judged(scrapes.slice(0, 2), { calls: refused }).status).toBe('valid');
  });

  it('need not have moved on in a process that was gone by then', () => {
    const calls = CALLS.map((call, place) => ({ ...call, sequence: [1, 2, 2, 3][place] }));
    const startedAtS = sale.startedAtMs / 1_000 + 5;
    const showing = (units: [number, number, number]) =>
      judged(
        [shows([0, 1], [2, 0, 0]), shows([10_061, 10_062], units, { counts: FINAL, startedAtS })],
        { calls },
      ).status;
    expect([showing([0, 1, 1]), showing([0, 2, 0])]).toEqual(['valid', 'invalid']);
  });

  it('follow units that come back', () => {
    const lives: Entry[] = [
      ...ENTRIES,
      { kind: 'RETURNED', hold: 'a', buyer: 'ann', atMs: 62 },
      { kind: 'RELEASED', hold: 'b', buyer: 'bob', atMs: 63 },
    ];
    const showing = (units: [number, number, number]) =>
      judged(
        [
          shows([0, 1], [2, 0, 0]),
          shows([61, 61.5], [0, 1, 1], { counts: FINAL }),
          shows([64, 65], units, { counts: FINAL }),
        ],
        { entries: lives },
      ).summary;
    expect(showing([1, 1, 0])).not.toContain('flashsale_stock_units');
    expect(showing([2, 0, 0])).not.toContain('flashsale_stock_units');
    expect(showing([0, 2, 0])).toContain('flashsale_stock_units');
  });

  it('are not followed along movements with gaps, which are wrong already', () => {
    const ledger = booksOf(saleOf({ total: 2 }), ENTRIES);
    ledger.movements.splice(1, 1);
    const counts = { ...FINAL, reserved: 1 };
    const scrapes = [shows([0, 1], [2, 0, 0]), shows([70, 71], [0, 1, 1], { counts })];
    const { status } = metricsAgreement.check(
      evidenceOf(saleOf({ total: 2 }), CALLS, { scrapes, ledger }),
    );
    expect(status).toBe('valid');
  });

  it('are those of each SKU and of each instance', () => {
    const twoSkus = saleOf({
      skus: [
        { skuId: SKU, total: 2 },
        { skuId: 'SKU-2', total: 5 },
      ],
    });
    const first = shows([70, 71], [0, 1, 1], { counts: FINAL });
    const second = (units: [number, number, number]) => {
      const other = shows([70, 71], units, { sku: 'SKU-2' });
      return { ...first, samples: [...other.samples.slice(-4), ...first.samples] };
    };
    const of = (units: [number, number, number]) =>
      metricsAgreement.check(
        evidenceOf(twoSkus, CALLS, { scrapes: [shows([0, 1], [2, 0, 0]), second(units)] }),
      );
    expect(of([5, 0, 0]).status).toBe('valid');
    expect(of([5, 1, 0]).summary).toContain('5 available, 1 reserved and 0 sold of SKU-2');
    const two = { ...shows([70, 71], [0, 0, 1]), instance: 'http://two' };
    expect(judged([shows([0, 1], [2, 0, 0]), first, two]).summary).toContain('at http://two');
  });

  it('may be as old as they like until the last scrape', () => {
    const calls = CALLS.map((call, place) => ({ ...call, sequence: [1, 2, 2, 3][place] }));
    const showing = (last: [number, number, number]) =>
      judged(
        [
          shows([0, 1], [2, 0, 0]),
          shows([20_000, 20_001], [0, 2, 0], { counts: FINAL }),
          shows([30_000, 30_001], last, { counts: FINAL }),
        ],
        { calls },
      ).status;
    expect(showing([0, 1, 1])).toBe('valid');
    expect(showing([0, 2, 0])).toBe('invalid');
  });
});
