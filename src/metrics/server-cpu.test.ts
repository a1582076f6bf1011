import { expect, it } from 'vitest';
import { serverCpuSeconds } from './server-cpu.ts';

const scrape = (instance: string, cpu?: number) => ({
  instance,
  startedAtNs: 0,
  endedAtNs: 1,
  samples: [
    { name: 'up', labels: {}, value: 1 },
    ...(cpu === undefined ? [] : [{ name: 'process_cpu_seconds_total', labels: {}, value: cpu }]),
  ],
});

it('adds up what the processes of all instances took', () => {
  const scrapes = [scrape('a', 10), scrape('b', 3), scrape('a', 11.5), scrape('b', 3.25)];
  expect(serverCpuSeconds(scrapes)).toBe(1.75);
});

it('counts a process that began again from its begin', () => {
  expect(serverCpuSeconds([scrape('a', 10), scrape('a', 12), scrape('a', 0.5)])).toBe(2.5);
});

it.each([
  { because: 'nobody was scraped', scrapes: [] },
  {
    because: 'an instance was scraped once',
    scrapes: [scrape('a', 1), scrape('a', 2), scrape('b', 1)],
  },
  { because: 'an instance does not tell', scrapes: [scrape('a'), scrape('a')] },
])('knows nothing when $because', ({ scrapes }) => {
  expect(serverCpuSeconds(scrapes)).toBeUndefined();
});
