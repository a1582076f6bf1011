import { expect, it } from 'vitest';
import type { SampledSeries } from './prometheus-api.ts';
import { riseOf } from './rise.ts';

const series = (instance: string, ...samples: [number, number][]): SampledSeries => ({
  labels: { instance, job: 'shop' },
  samples: samples.map(([atS, value]) => ({ atS, value })),
});
const up = (instance: string, ...times: number[]): SampledSeries =>
  series(instance, ...times.map((atS): [number, number] => [atS, 1]));
const DURING = { fromS: 100, toS: 130 };

it('adds up the rise of all instances, with what lies around the time as the most', () => {
  const counters = [
    series('a', [80, 5], [95, 7], [110, 9], [125, 12], [140, 13], [155, 50]),
    series('b', [95, 0], [110, 1], [125, 1], [140, 1]),
  ];
  const scraped = [up('a', 80, 95, 110, 125, 140), up('b', 95, 140)];
  expect(riseOf(counters, scraped, DURING)).toEqual({ least: 3, most: 7 });
});

it('counts a series from 0 if its instance was scraped before without it', () => {
  const counters = [series('a', [110, 4], [125, 6], [140, 6])];
  expect(riseOf(counters, [up('a', 95, 110, 140)], DURING)).toEqual({ least: 2, most: 6 });
  expect(riseOf(counters, [up('a', 110, 140)], DURING)).toEqual({ least: 2, most: null });
});

it('knows no most where a process began again, or was not scraped after the time', () => {
  const scraped = [up('a', 95, 140)];
  const again = [series('a', [95, 7], [110, 9], [125, 2], [140, 3])];
  expect(riseOf(again, scraped, DURING)).toEqual({ least: 2, most: null });
  const unfinished = [series('a', [95, 7], [110, 9], [125, 12], [130.5, 13])];
  expect(riseOf(unfinished, scraped, DURING)).toEqual({ least: 3, most: null });
  expect(riseOf([], [up('a', 95, 125)], DURING)).toEqual({ least: 0, most: null });
});
