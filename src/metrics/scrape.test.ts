import { describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import { createScraper, type MetricsScrape, pauseAfter, scrapeInstance } from './scrape.ts';
import { serve } from './testing/serve.ts';

/** A server whose counter rises with every scrape. */
const serveCounter = () => {
  let scrapes = 0;
  return serve((_req, res) => res.end(`scrapes_total ${++scrapes}\n`));
};

const NOBODY = 'http://127.0.0.1:1';

describe('scraping one instance', () => {
  it('S0.7 reads its /metrics, between two stamps of the clock', async () => {
    const instance = await serve((req, res) =>
      res.end(`${req.url === '/metrics' ? 'a' : 'b'} 1\n`),
    );
    const beforeNs = systemClock.monotonicNs();
    const scrape = await scrapeInstance(instance, systemClock);
    expect(scrape.instance).toBe(instance);
    expect(scrape.samples).toEqual([{ name: 'a', labels: {}, value: 1 }]);
    expect(scrape.startedAtNs).toBeGreaterThanOrEqual(beforeNs);
    expect(scrape.endedAtNs).toBeGreaterThanOrEqual(scrape.startedAtNs);
  });

  it('reads the id of its request, by which one knows the process that answered', async () => {
    const named = await serve((_req, res) =>
      res.writeHead(200, { 'x-request-id': 'server-1-mi8yqr5x-1' }).end('a 1\n'),
    );
    expect((await scrapeInstance(named, systemClock)).requestId).toBe('server-1-mi8yqr5x-1');
    const nameless = await serve((_req, res) => res.end('a 1\n'));
    expect(await scrapeInstance(nameless, systemClock)).not.toHaveProperty('requestId');
  });

  it('throws for a status that is not 200, and for text that is no metrics', async () => {
    const broken = await serve((_req, res) => res.writeHead(503).end('a 1\n'));
    await expect(scrapeInstance(broken, systemClock)).rejects.toThrow('answered 503');
    const balancer = await serve((_req, res) => res.writeHead(404).end());
    await expect(scrapeInstance(balancer, systemClock)).rejects.toMatchObject({
      message: `${balancer} shows no metrics`,
      next: expect.stringContaining('name each server itself with --target'),
    });
    const page = await serve((_req, res) => res.end('<html>'));
    await expect(scrapeInstance(page, systemClock)).rejects.toThrow('line 1 is not a sample');
  });
});

it('pages that take long to be read are read less often', () => {
  expect(pauseAfter(5, 1_000)).toBe(1_000);
  expect(pauseAfter(100, 1_000)).toBe(1_000);
  expect(pauseAfter(700, 1_000)).toBe(7_000);
});

describe('the scraper of a run', () => {
  const createRun = (instances: string[], intervalMs: number) => {
    const scrapes: MetricsScrape[] = [];
    const failures: string[] = [];
    const waiting: { count: number; resolve: () => void }[] = [];
    const scraper = createScraper({
      instances: () => instances,
      intervalMs,
      clock: systemClock,
      onScrape(scrape) {
        scrapes.push(scrape);
        for (const { count, resolve } of waiting) if (scrapes.length >= count) resolve();
      },
      onFailure: (instance) => failures.push(instance),
    });
    const until = (count: number) =>
      new Promise<void>((resolve) => waiting.push({ count, resolve }));
    return { scraper, scrapes, failures, until };
  };

  it('scrapes every instance before it starts and after it stops, however long the interval is', async () => {
    const instances = [await serveCounter(), await serveCounter()];
    const { scraper, scrapes } = createRun(instances, 1_000_000);
    await scraper.start();
    expect(scrapes.map(({ instance }) => instance).sort()).toEqual([...instances].sort());
    await scraper.stop();
    expect(scrapes.map(({ samples }) => samples[0]?.value)).toEqual([1, 1, 2, 2]);
  });

  it('goes on at its interval until it is stopped, and only once', async () => {
    const { scraper, scrapes, until } = createRun([await serveCounter()], 1);
    const several = until(5);
    await scraper.start();
    await several;
    await Promise.all([scraper.stop(), scraper.stop()]);
    const values = scrapes.map(({ samples }) => samples[0]?.value);
    expect(values).toEqual(values.map((_, place) => place + 1));
  });

  it('goes on when an instance does not answer', async () => {
    const { scraper, scrapes, failures } = createRun([NOBODY, await serveCounter()], 1_000_000);
    await scraper.start();
    await scraper.stop();
    expect(scrapes.length).toBe(2);
    expect(failures).toEqual([NOBODY, NOBODY]);
  });

  it('tries the last scrape of an instance again until it answers', async () => {
    let asked = 0;
    const restarting = await serve((_req, res) => {
      asked += 1;
      if (asked === 2 || asked === 3) res.writeHead(503).end();
      else res.end(`scrapes_total ${asked}\n`);
    });
    const { scraper, scrapes, failures } = createRun([restarting], 1_000_000);
    await scraper.start();
    await scraper.stop({ withinMs: 60_000 });
    expect(scrapes.map(({ samples }) => samples[0]?.value)).toEqual([1, 4]);
    expect(failures).toEqual([restarting, restarting]);
  });

  it('scrapes the instances that exist at the time of the round', async () => {
    const instances = [await serveCounter()];
    const { scraper, scrapes } = createRun(instances, 1_000_000);
    await scraper.start();
    instances.push(await serveCounter());
    await scraper.stop();
    expect(scrapes.map(({ instance }) => instances.indexOf(instance)).sort()).toEqual([0, 0, 1]);
  });
});
