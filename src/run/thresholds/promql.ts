import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { count } from '../../kernel/wording.ts';
import { createPrometheusApi, type PrometheusApi } from '../../metrics/prometheus-api.ts';
import type { RunDeps } from '../context.ts';
import { numberIn, type QuerySource } from './source.ts';

const PAUSE_MS = 250;
/** The time of the last scrape of each target that is up, in seconds on the clock of Prometheus. */
const LAST_SCRAPES = 'timestamp(up) and up == 1';

/**
 * Answers PromQL queries. Prometheus knows only what it has scraped, so it gets time to scrape once more before it is
 * asked.
 */
export function prometheusSource(
  url: string,
  { clock, signal }: Pick<RunDeps, 'clock' | 'signal'>,
): QuerySource {
  const prometheus = createPrometheusApi(url);

  return {
    async validate(promql) {
      const answer = await prometheus.query(promql, signal).catch((cause) => {
        signal.throwIfAborted();
        throw UserError.environment(`Prometheus at ${prometheus.shown} cannot be asked`, {
          why: rootMessage(cause),
          next: 'start it, or correct --prometheus-url (FLASHSALE_PROMETHEUS_URL)',
          cause,
        });
      });
      if ('values' in answer || !answer.isWrong) return;
      throw UserError.usage(`Prometheus cannot evaluate a threshold: ${promql}`, {
        why: answer.refusal,
        next: 'mend the query in the scenario',
      });
    },

    async catchUp() {
      try {
        return await untilScraped(prometheus, { clock, signal });
      } catch (error) {
        signal.throwIfAborted();
        return `what happened last may be missing: Prometheus does not say when it scraped: ${rootMessage(error)}`;
      }
    },

    async ask(promql) {
      try {
        const answer = await prometheus.query(promql, signal);
        if ('refusal' in answer) return { reason: answer.refusal };
        const [value, ...others] = answer.values;
        if (value === undefined) return { reason: 'it has no sample' };
        if (others.length === 0) return numberIn(value);
        return { reason: `it has ${count(answer.values.length, 'sample')} instead of one` };
      } catch (error) {
        signal.throwIfAborted();
        return { reason: `Prometheus does not answer: ${rootMessage(error)}` };
      }
    },
  };
}

/**
 * Waits until Prometheus has scraped each target that is up once more, but no longer than two of the longest scrape
 * intervals. Answers with a sentence about the targets that it did not scrape again.
 */
async function untilScraped(
  prometheus: PrometheusApi,
  { clock, signal }: Pick<RunDeps, 'clock' | 'signal'>,
): Promise<string | undefined> {
  async function numbersOf(promql: string): Promise<number[]> {
    const answer = await prometheus.query(promql, signal);
    if ('refusal' in answer) throw new Error(answer.refusal);
    return answer.values.map(Number);
  }

  const startedNs = clock.monotonicNs();
  const waitMs = 2 * Math.max(0, ...(await prometheus.scrapeIntervalsMs(signal)));
  const [nowS = Number.NaN] = await numbersOf('time()');
  for (;;) {
    const late = (await numbersOf(LAST_SCRAPES)).filter((scrapedS) => scrapedS <= nowS);
    if (late.length === 0) return undefined;
    if ((clock.monotonicNs() - startedNs) / 1e6 > waitMs) {
      return `what happened last may be missing: within ${waitMs / 1_000} s Prometheus did not scrape ${count(late.length, 'target')} again`;
    }
    await delay(PAUSE_MS, undefined, { signal });
  }
}
