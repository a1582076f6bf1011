import { describe, expect, it } from 'vitest';
import { countByInstance } from './counters.ts';
import type { MetricSample } from './prometheus-text.ts';
import type { MetricsScrape } from './scrape.ts';

const SINCE_MS = 1_000_000;

/** Scrapes of one instance: `[process start in seconds, value of c_total{kind="a"}, …of kind="b"]`. */
const scrapesOf = (...points: [number, number, number?][]): MetricsScrape[] =>
  points.map(([start, a, b], place) => {
    const samples: MetricSample[] = [
      { name: 'process_start_time_seconds', labels: {}, value: start },
      { name: 'c_total', labels: { kind: 'a' }, value: a },
    ];
    if (b !== undefined) samples.push({ name: 'c_total', labels: { kind: 'b' }, value: b });
    return { instance: 'http://one', startedAtNs: place * 10, endedAtNs: place * 10 + 1, samples };
  });

const follow = (...points: [number, number, number?][]) => {
  const [counters] = countByInstance(scrapesOf(...points), SINCE_MS);
  if (counters === undefined) throw new Error('no instance');
  return counters;
};

describe('counters over a run', () => {
  it('leave out what was counted before the run', () => {
    const { increase, processes } = follow([900, 50], [900, 53], [900, 60]);
    expect(increase('c_total', { kind: 'a' })).toEqual([0, 3, 10]);
    expect(processes).toHaveLength(1);
  });

  it('count from nothing for a process that began after the run did', () => {
    expect(follow([1_005, 4], [1_005, 9]).increase('c_total')).toEqual([4, 9]);
  });

  it('go on over a restart, seen by the start time even when the number rose', () => {
    const points: [number, number][] = [
      [900, 50],
      [900, 55],
      [1_010, 60],
    ];
    const { increase, processes, isMixed, scrapes } = follow(...points, [1_010, 61]);
    expect(increase('c_total')).toEqual([0, 5, 65, 66]);
    expect(processes).toEqual([scrapes.slice(0, 2), scrapes.slice(2)]);
    expect(isMixed).toBe(false);
  });

  it('go on over a restart, seen by a counter that fell where there is no start time', () => {
    const scrapes = scrapesOf([0, 50], [0, 55], [0, 2]);
    for (const scrape of scrapes) scrape.samples.shift();
    const [counters] = countByInstance(scrapes, SINCE_MS);
    expect(counters?.increase('c_total')).toEqual([0, 5, 7]);
    expect(counters?.processes).toHaveLength(2);
  });

  it('add up the samples whose labels include those asked for', () => {
    const { increase } = follow([900, 1], [900, 2, 10], [900, 3, 20]);
    expect(increase('c_total')).toEqual([0, 11, 22]);
    expect(increase('c_total', { kind: 'b' })).toEqual([0, 10, 20]);
    expect(increase('c_total', { kind: 'z' })).toEqual([0, 0, 0]);
    expect(increase('nothing')).toEqual([0, 0, 0]);
  });

  it('are marked as mixed when several processes answer at one URL', () => {
    expect(follow([900, 1], [901, 1], [900, 2]).isMixed).toBe(true);
    // Nobody was restarted: the second was there before the run.
    expect(follow([900, 1], [900, 2], [901, 2]).isMixed).toBe(true);
    expect(follow([900, 1], [900, 2], [1_000, 2]).isMixed).toBe(false);
  });

  describe('that fall', () => {
    const reserved = (value: number, name = 'flashsale_reservations_total'): MetricSample => ({
      ...{ name, labels: { outcome: 'held' }, value },
    });
    const falling = (...samples: MetricSample[][]) => {
      const scrapes = scrapesOf(...samples.map((): [number, number] => [900, 7]));
      for (const [place, scrape] of scrapes.entries())
        scrape.samples.push(...(samples[place] ?? []));
      const [counters] = countByInstance(scrapes, SINCE_MS);
      return counters as NonNullable<typeof counters>;
    };
    const other = (value: number) => reserved(value, 'flashsale_orders_total');
    const started = (value: number): MetricSample => ({
      ...{ name: 'flashsale_counters_started_seconds', labels: {}, value },
    });

    it('within one process are named, and are no restart', () => {
      const { falls, processes, isMixed } = falling([reserved(5)], [reserved(3)]);
      expect(falls).toMatchObject([{ labels: { outcome: 'held' }, before: 5, after: 3 }]);
      expect(processes).toHaveLength(1);
      expect(isMixed).toBe(false);
    });

    it('together mean several processes, because start times in seconds may be the same', () => {
      expect(falling([reserved(5), other(5)], [reserved(3), other(2)]).isMixed).toBe(true);
    });

    it('are told from another process by the start of the counters', () => {
      const from = (at: number, value: number) => [started(at), reserved(value), other(value)];
      const one = falling(from(900.123456, 5), from(900.123456, 3));
      expect(one.processes).toHaveLength(1);
      expect(one).toMatchObject({ isMixed: false });
      expect(one.falls).toHaveLength(2);
      const two = falling(from(900.123456, 5), from(1_000.123457, 3));
      expect(two.processes).toHaveLength(2);
      expect(two).toMatchObject({ isMixed: false, falls: [] });
      expect(two.increase('flashsale_orders_total')).toEqual([0, 3]);
    });
  });

  it('are kept apart by instance', () => {
    const other = scrapesOf([900, 7], [900, 8]).map((scrape) => ({
      ...scrape,
      instance: 'http://two',
    }));
    const both = countByInstance([...scrapesOf([900, 1], [900, 5]), ...other], SINCE_MS);
    expect(both.map(({ instance, increase }) => [instance, increase('c_total').at(-1)])).toEqual([
      ['http://one', 4],
      ['http://two', 1],
    ]);
  });
});
