import { groupBy } from '../kernel/group-by.ts';
import { risenIn } from './rise.ts';
import type { MetricsScrape } from './scrape.ts';

const CPU_SECONDS = 'process_cpu_seconds_total';

/**
 * CPU seconds that the servers' processes took between their first and their last scrape, all instances and labels added up.
 * A process that began again during the sale counts from its begin; what the one before it took since its last scrape is not
 * known.
 *
 * @returns undefined when an instance does not tell it in two scrapes
 */
export function serverCpuSeconds(scrapes: readonly MetricsScrape[]): number | undefined {
  const values = [...groupBy(scrapes, ({ instance }) => instance).values()].map((ofOne) =>
    ofOne.flatMap(({ samples }) => {
      const found = samples.filter(({ name }) => name === CPU_SECONDS);
      return found.length === 0 ? [] : found.reduce((sum, { value }) => sum + value, 0);
    }),
  );
  if (values.length === 0 || values.some(({ length }) => length < 2)) return undefined;
  return values.reduce((sum, ofOne) => sum + risenIn(ofOne).risen, 0);
}
