import type { SampledSeries } from './prometheus-api.ts';

/** The rise of a counter during a time, as far as scrapes show it. */
export interface Rise {
  /** Between the first and the last scrape within the time. */
  least: number;
  /** Between the last scrape before it and the first one after it; null when more may have gone unseen. */
  most: number | null;
}

/** Clocks of machines that are kept right differ by less, and a counter is scraped within this time after its rise. */
const MARGIN_S = 1;

/**
 * The rise of a counter over all its series, evened out where a process began again: then what it had counted since its
 * last scrape is lost, and more may have gone unseen. A series that begins within the time began at 0 if its instance was
 * scraped before without it.
 *
 * @param scraped the series `up`, which tell when each instance was scraped
 */
export function riseOf(
  counters: SampledSeries[],
  scraped: SampledSeries[],
  { fromS, toS }: { fromS: number; toS: number },
): Rise {
  const beforeS = fromS - MARGIN_S;
  const afterS = toS + MARGIN_S;
  let least = 0;
  let most: number | null = 0;
  for (const { labels, samples } of counters) {
    const within = samples.filter(({ atS }) => atS > fromS + MARGIN_S && atS < toS - MARGIN_S);
    least += risenIn(within.map(({ value }) => value)).risen;
    const before = samples.findLast(({ atS }) => atS <= beforeS);
    const after = samples.find(({ atS }) => atS >= afterS);
    const isNew = before === undefined && wasScrapedAt(labels, scraped, beforeS);
    if (after === undefined || (before === undefined && !isNew)) {
      most = null;
      continue;
    }
    const values = samples
      .filter(({ atS }) => atS > (before?.atS ?? beforeS) && atS <= after.atS)
      .map(({ value }) => value);
    const { risen, restarts } = risenIn([before?.value ?? 0, ...values]);
    most = most === null || restarts > 0 ? null : most + risen;
  }
  // An instance that was not scraped around the time may have counted, and shows nothing.
  const isSeen = scraped.every(
    ({ samples }) =>
      samples.some(({ atS }) => atS <= beforeS) && samples.some(({ atS }) => atS >= afterS),
  );
  return { least, most: isSeen ? most : null };
}

/** The rise of one counter over its values in order; a value below the one before is that of a process that began again. */
export function risenIn(values: number[]): { risen: number; restarts: number } {
  let risen = 0;
  let restarts = 0;
  for (const [place, value] of values.entries()) {
    const before = values[place - 1];
    if (before === undefined) continue;
    if (value < before) restarts += 1;
    risen += value < before ? value : value - before;
  }
  return { risen, restarts };
}

/** True when the instance of a series was up and scraped at or before a time. */
const wasScrapedAt = (
  { instance, job }: Record<string, string>,
  scraped: SampledSeries[],
  beforeS: number,
): boolean =>
  scraped.some(
    ({ labels, samples }) =>
      labels.instance === instance &&
      labels.job === job &&
      samples.some(({ atS, value }) => atS <= beforeS && value === 1),
  );
