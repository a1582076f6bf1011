import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { Evidence } from '../../checkers/evidence.ts';
import { judge } from '../../checkers/verdict.ts';
import { simulateSale } from '../../simulation/simulate-sale.ts';
import type { Chart } from './pictures.ts';
import { drawSale } from './sale-pictures.ts';

/** Ann and Bob both get the only unit; Cid is told that it is sold out, and Dan is never answered. */
const CALLS: Call[] = [
  said('reserve', 'ann', [100, 200], { hold: 'a' }),
  said('reserve', 'bob', [150, 400], { hold: 'b' }),
  refused('reserve', 'cid', [500, 600]),
  unanswered('reserve', 'dan', 700),
];
const sale = saleOf({ total: 1 });
const ledger = booksOf(sale, [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 180 },
  { kind: 'RESERVED', hold: 'b', buyer: 'bob', atMs: 300 },
]);

const drawn = (evidence: Evidence) =>
  drawSale({ books: [], truncated: false, ...evidence }, judge(evidence));

const valuesAt = ({ x, series }: Chart, seconds: number): Record<string, number | null> => {
  const place = x.findLastIndex((at) => at <= seconds);
  return Object.fromEntries(series.map(({ label, values }) => [label, values[place] ?? null]));
};

describe('the stock', () => {
  it('is drawn by the movements of the ledger, with the moment at which there were too many', () => {
    const [stock] = drawn(evidenceOf(sale, CALLS, { ledger })).charts as [Chart];
    expect(stock.title).toContain(SKU);
    expect(valuesAt(stock, 0.1)).toMatchObject({ available: 1, held: 0, sold: 0 });
    expect(valuesAt(stock, 0.2)).toMatchObject({ available: 0, held: 1, sold: 0 });
    expect(valuesAt(stock, 0.5)).toMatchObject({ available: -1, held: 2, sold: 0 });
    expect(stock.marks).toContainEqual({ at: 0.3, label: '2 of 1 unit', tone: 'bad' });
  });

  it('is drawn by the answers where a target gives no movements', () => {
    const calls = [...CALLS, said('confirm', 'ann', [600, 650], { hold: 'a', order: 'o' })];
    const [stock] = drawn(evidenceOf(sale, calls)).charts as [Chart];
    expect(valuesAt(stock, 0.3)).toMatchObject({ available: 0, held: 1, sold: 0 });
    expect(valuesAt(stock, 0.7)).toMatchObject({ available: -1, held: 1, sold: 1 });
    expect(stock.note).toContain('By the answers alone');
  });
});

it('calls are counted when they were sent, and by their answer when that came', () => {
  const { charts } = drawn(evidenceOf(sale, CALLS, { ledger }));
  const calls = charts.find(({ title }) => title === 'Calls') as Chart;
  const perSecond = 1 / ((calls.x[1] as number) - (calls.x[0] as number));
  expect(valuesAt(calls, 0.1)).toMatchObject({ sent: perSecond, yes: 0 });
  expect(valuesAt(calls, 0.4)).toMatchObject({ sent: 0, yes: perSecond });
  expect(valuesAt(calls, 0.6)).toMatchObject({ 'sold out': perSecond });
  expect(valuesAt(calls, 0.7)).toMatchObject({ sent: perSecond, 'no definite answer': perSecond });
});

it('latency has a value where calls were sent, and none elsewhere', () => {
  const { charts } = drawn(evidenceOf(sale, CALLS, { ledger }));
  const latency = charts.find(({ title }) => title === 'Latency over time') as Chart;
  expect(valuesAt(latency, 0.15)).toMatchObject({ p50: 250, p99: 250 });
  expect(valuesAt(latency, 0.3)).toEqual({ p50: null, p95: null, p99: null });
  const shares = charts.find(({ title }) => title === 'Latency by percentile') as Chart;
  expect(shares.xLabels?.at(-1)).toBe('max');
  expect(shares.series[0]).toMatchObject({ label: 'reserve' });
  expect(shares.series[0]?.values.at(-1)).toBe(250);
});

describe('what happened meanwhile', () => {
  const second = (at: number): number => sale.startedAtNs + at * 1e9;
  const happened = {
    ...evidenceOf(sale, CALLS, { ledger }),
    faults: [
      { name: 'server-killed' as const, atNs: second(0.2), untilNs: second(0.4) },
      { name: 'redis-emptied' as const, atNs: second(0.3) },
    ],
    phases: [
      { scenario: 'buyers', stage: 'to 50 VUs', atNs: second(0), untilNs: second(0.4) },
      { scenario: 'buyers', stage: 'to 0 VUs', atNs: second(0.4), untilNs: second(0.7) },
      { scenario: 'visitors', atNs: second(0.1), untilNs: second(0.5) },
      { scenario: 'crowd', atNs: second(0.2) },
    ],
  };

  it('is drawn over every chart of time: phases in a lane for each scenario, faults as bands', () => {
    for (const { title, lanes, bands, marks, xLabels } of drawn(happened).charts) {
      if (xLabels !== undefined) continue;
      expect(lanes, title).toEqual([
        [
          { from: 0, to: 0.4, label: 'buyers to 50 VUs', tone: 'first' },
          { from: 0.4, to: 0.7, label: 'to 0 VUs', tone: 'first' },
        ],
        [{ from: 0.1, to: 0.5, label: 'visitors', tone: 'first' }],
      ]);
      expect(bands).toContainEqual({ from: 0.2, to: 0.4, label: '', tone: 'warn' });
      const names = marks.map(({ at, label }) => `${at} ${label}`);
      expect(names).toContain('0.2 a server was killed');
      expect(names).toContain('0.3 Redis lost its data');
      expect(names).toContain('0.2 crowd begins');
    }
  });

  it('lists the phases, because a narrow chart has no room for their names', () => {
    expect(drawn(happened).tables[0]?.rows).toEqual([
      ['buyers', 'to 50 VUs', '0.0 s', '0.4 s'],
      ['buyers', 'to 0 VUs', '0.4 s', '0.7 s'],
      ['visitors', '–', '0.1 s', '0.5 s'],
      ['crowd', '–', '0.2 s', '–'],
    ]);
  });
});

it('a witness becomes a bar for each call, buyer by buyer, and the movements of their holds', () => {
  const { timeLines } = drawn(evidenceOf(sale, CALLS, { ledger }));
  const oversold = timeLines.find(({ check }) => check === 'never-oversold');
  expect(oversold?.lanes.map(({ name }) => name)).toEqual(['Buyer ann', 'Buyer bob']);
  const [ann, bob] = oversold?.lanes.flatMap(({ bars }) => bars) ?? [];
  expect(ann?.text).toContain('reserve 1 of SKU-1 → yes (201), reservation a');
  expect(ann?.from).toBeLessThan(bob?.from as number);
  expect(ann?.to).toBeLessThan(bob?.to as number);
  expect(bob?.to).toBeLessThan(1);
  expect(oversold?.movements.map(({ text }) => text)).toEqual([
    'movement 1: RESERVED 1 unit, reservation a',
    'movement 2: RESERVED 1 unit, reservation b',
  ]);
});

it('a call that was never answered goes on to the end', () => {
  const calls = [
    unanswered('reserve', 'ann', 0, { callId: 'try-a' }),
    said('reserve', 'bob', [10, 20], { hold: 'b', callId: 'try-b' }),
  ];
  const books = booksOf(sale, [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
    { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 15 },
  ]);
  const { timeLines } = drawn(evidenceOf(sale, calls, { ledger: books }));
  const bars = timeLines[0]?.lanes.flatMap((lane) => lane.bars) ?? [];
  expect(bars.find(({ isOpen }) => isOpen)).toMatchObject({ to: 1, tone: 'warn' });
});

it('answers are counted by call and code', () => {
  const { tables } = drawn(evidenceOf(sale, CALLS, { ledger }));
  expect(tables[0]?.rows).toEqual([
    ['reserve', 'yes', '201', '2'],
    ['reserve', 'sold out', 'OUT_OF_STOCK', '1'],
    ['reserve', 'no definite answer', 'ECONNRESET', '1'],
  ]);
});

it('a sale that lasts twenty times as long is drawn with no more than a screen can show', () => {
  const pointsOf = (buyers: number): number => {
    const { evidence } = simulateSale({ seed: 1, buyers, total: 50, arrivalRate: 1_000 });
    return Math.max(...drawn(evidence).charts.map(({ x }) => x.length));
  };
  expect(pointsOf(1_000)).toBeGreaterThan(100);
  expect(pointsOf(20_000)).toBeLessThan(500);
});
