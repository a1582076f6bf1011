import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { UserError } from '../kernel/errors.ts';
import { REQUEST_ID_HEADER } from '../protocol/headers.ts';
import type { MetricSample } from './prometheus-text.ts';
import { parsePrometheusText } from './prometheus-text.ts';

/** The samples of one instance's /metrics at one moment. */
export interface MetricsScrape {
  /** Base URL of the instance. */
  instance: string;
  /** Nanoseconds on the history's monotonic clock, before the request and after the answer. */
  startedAtNs: number;
  endedAtNs: number;
  /** The id that the answer gave the request; absent where it has none. It tells which process answered. */
  requestId?: string | undefined;
  samples: MetricSample[];
}

/** An instance that does not answer within this time is not scraped this time. */
const SCRAPE_TIMEOUT_MS = 5_000;

/**
 * Asks one instance for its metrics.
 *
 * @param isNeeded tells which lines of the page are read; absent: all
 * @throws when it does not answer 200 in time, or not in the Prometheus text format
 */
export async function scrapeInstance(
  instance: string,
  clock: Clock,
  isNeeded?: (line: string) => boolean,
): Promise<MetricsScrape> {
  const startedAtNs = clock.monotonicNs();
  // Scrapes share their thread with the load, and fetch would take ten times as long. Loaded here, so that a run does not
  // wait for it before it starts its servers.
  const { default: undici } = await import('undici');
  const { statusCode, headers, body } = await undici.request(new URL('/metrics', instance), {
    headers: { accept: 'text/plain; version=0.0.4' },
    signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS),
  });
  const text = await body.text();
  const endedAtNs = clock.monotonicNs();
  if ([401, 403, 404].includes(statusCode)) {
    throw UserError.environment(`${instance} shows no metrics`, {
      why: `/metrics answered ${statusCode}, and without them the verdict is unknown`,
      next: 'name each server itself with --target, not a balancer that hides the numbers of single servers',
    });
  }
  if (statusCode !== 200) {
    throw new Error(`${instance}/metrics answered ${statusCode}`);
  }
  const requestId = headers[REQUEST_ID_HEADER];
  return {
    ...{ instance, startedAtNs, endedAtNs },
    ...(typeof requestId === 'string' && { requestId }),
    samples: parsePrometheusText(text, isNeeded),
  };
}

/** Scrapes every instance of a run at an interval. */
export interface Scraper {
  /** Begins to scrape. Resolves when every instance was scraped once, which gives the counters before the load. */
  start(): Promise<void>;
  /**
   * Scrapes every instance one last time. Call it when the load is over and all its answers have come. An instance that does
   * not answer may be restarting; it is tried again for `withinMs`, by default not at all.
   */
  stop(last?: { withinMs: number }): Promise<void>;
}

const LAST_SCRAPE_PAUSE_MS = 250;
/** The part of its time that this thread, which makes the load as well, may read pages. */
const READING_SHARE_MAX = 0.1;

/** The pause after pages were read: longer than the interval only after such as take a tenth of it, of ten thousands of SKUs. */
export const pauseAfter = (readingMs: number, intervalMs: number): number =>
  Math.max(intervalMs, readingMs / READING_SHARE_MAX);

/**
 * Creates the scraper of a run. A scrape that fails is left out and reported to `onFailure`: an instance that was killed
 * does not end the run. All instances are scraped at the same time, and a round starts only when the round before has ended and
 * its pages have taken no more than a tenth of the time.
 */
export function createScraper(deps: {
  /** Base URLs. Called each round, because instances come and go. */
  instances(): string[];
  intervalMs: number;
  clock: Clock;
  /** Tells which lines of a page are read; absent: all. */
  isNeeded?(line: string): boolean;
  onScrape(scrape: MetricsScrape): void;
  onFailure?(instance: string, error: unknown): void;
}): Scraper {
  const { instances, intervalMs, clock, isNeeded, onScrape, onFailure } = deps;
  let timer: NodeJS.Timeout | undefined;
  let round = Promise.resolve();
  let stopped: Promise<void> | undefined;

  /** The time that the pages of the present round took to be read and passed on. */
  let readingMs = 0;

  async function scrapeAll(): Promise<void> {
    readingMs = 0;
    await Promise.all(instances().map(scrape));
  }

  async function scrape(instance: string): Promise<boolean> {
    try {
      const scrape = await scrapeInstance(instance, clock, isNeeded);
      onScrape(scrape);
      readingMs += (clock.monotonicNs() - scrape.endedAtNs) / 1e6;
      return true;
    } catch (error) {
      onFailure?.(instance, error);
      return false;
    }
  }

  async function scrapeLast(instance: string, withinMs: number): Promise<void> {
    const deadlineNs = clock.monotonicNs() + withinMs * 1e6;
    while (!(await scrape(instance)) && clock.monotonicNs() < deadlineNs) {
      await delay(LAST_SCRAPE_PAUSE_MS);
    }
  }

  function scheduleNext(): void {
    if (stopped !== undefined) return;
    timer = setTimeout(
      () => {
        round = scrapeAll().then(scheduleNext);
      },
      pauseAfter(readingMs, intervalMs),
    );
    timer.unref();
  }

  return {
    async start() {
      round = scrapeAll().then(scheduleNext);
      await round;
    },
    stop({ withinMs } = { withinMs: 0 }) {
      stopped ??= round.then(() => {
        clearTimeout(timer);
        const scraped = instances().map((instance) => scrapeLast(instance, withinMs));
        return Promise.all(scraped).then(() => {});
      });
      clearTimeout(timer);
      return stopped;
    },
  };
}
