import type { CountedDecision, CountedFact } from '../../history/counted.ts';
import type { SaleFacts } from '../../history/operation.ts';
import type { Clock } from '../../kernel/clock.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { serverMetrics } from '../../metrics/catalogue.ts';
import { createPrometheusApi } from '../../metrics/prometheus-api.ts';
import { riseOf } from '../../metrics/rise.ts';

/** Counters by their decisions, as PromQL selectors; `$sku` stands for the SKUs on sale. */
export type CounterSelectors = Partial<Record<CountedDecision, string>>;

const { reservations, orders, registrations } = serverMetrics;

/** The counters of the reference server. */
const OUR_COUNTERS: CounterSelectors = {
  reserved: `${reservations.name}{outcome="held"}`,
  sold: `{__name__=~"${orders.name}|${registrations.name}",outcome=~"sold|registered"}`,
};

/** The counters that the target of a sale has, as far as anybody said. */
export const countersOf = ({ shop, evidence }: SaleFacts): CounterSelectors =>
  evidence.counters ?? (shop === undefined ? OUR_COUNTERS : {});

/** Prometheus has scraped everything at most this long before and after a sale, or nobody knows its counters. */
const AROUND_S = 300;
/** With clocks that differ by more, samples cannot be told from those before and after the sale. */
const CLOCKS_MAX_S = 1;

/**
 * Reads how much the target's counters rose during a sale from a Prometheus. A counter of which it has no series gives no
 * fact.
 *
 * @param sale the sale, and the moment at which its last call was answered
 * @throws UserError (environment) when it does not answer, refuses a selector, or has another time than this machine
 */
export async function readCounters(
  url: string,
  selectors: CounterSelectors,
  { sale, endedNs }: { sale: SaleFacts; endedNs: number },
  { clock, signal }: { clock: Pick<Clock, 'nowMs'>; signal: AbortSignal },
): Promise<CountedFact[]> {
  const prometheus = createPrometheusApi(url);
  const secondsAt = (ns: number): number =>
    (sale.startedAtMs + (ns - sale.startedAtNs) / 1e6) / 1e3;
  const during = { fromS: sale.startedAtMs / 1e3, toS: secondsAt(endedNs) };
  const nowS = clock.nowMs() / 1e3;
  const around = { fromS: during.fromS - AROUND_S, toS: Math.min(during.toS + AROUND_S, nowS) };
  try {
    await assertSameTime(prometheus, clock, signal);
    const facts: CountedFact[] = [];
    for (const [decision, template] of Object.entries(selectors)) {
      const selector = fillIn(template, sale);
      const counters = await prometheus.samplesBetween(selector, around, signal);
      if (counters.length === 0) continue;
      const jobs = new Set(counters.map(({ labels }) => labels.job));
      const up = await prometheus.samplesBetween('up', around, signal);
      const scraped = up.filter(({ labels }) => jobs.has(labels.job));
      const { least, most } = riseOf(counters, scraped, during);
      facts.push({
        ...{ decision: decision as CountedDecision, selector, source: prometheus.shown, least },
        most: isEveryInstance(sale, scraped) ? most : null,
      });
    }
    return facts;
  } catch (cause) {
    signal.throwIfAborted();
    throw UserError.environment(
      `the counters of Prometheus at ${prometheus.shown} cannot be read`,
      {
        why: rootMessage(cause),
        next: 'correct --prometheus or the counters in the target file, or leave it out',
        cause,
      },
    );
  }
}

/** Several SKUs are alternatives of one regular expression, so that one counter has one fact. */
function fillIn(selector: string, { skus }: SaleFacts): string {
  const [only, ...others] = skus.map(({ skuId }) => skuId);
  if (others.length === 0)
    return selector.replaceAll('$sku', JSON.stringify(only ?? '').slice(1, -1));
  const any = skus.map(({ skuId }) => skuId.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\\\$&')).join('|');
  return selector.replaceAll(/=\s*"\$sku"/g, `=~"${any}"`).replaceAll('$sku', any);
}

/** True when Prometheus scrapes every instance that the calls went to. Behind a balancer nobody knows how many there are. */
function isEveryInstance(sale: SaleFacts, scraped: { labels: Record<string, string> }[]): boolean {
  const known = new Set(scraped.map(({ labels }) => labels.instance));
  return sale.target.every((url) => known.has(new URL(url).host));
}

async function assertSameTime(
  prometheus: ReturnType<typeof createPrometheusApi>,
  clock: Pick<Clock, 'nowMs'>,
  signal: AbortSignal,
): Promise<void> {
  const askedS = clock.nowMs() / 1e3;
  const answer = await prometheus.query('time()', signal);
  const answeredS = clock.nowMs() / 1e3;
  if ('refusal' in answer) throw new Error(answer.refusal);
  const timeS = Number(answer.values[0]);
  if (timeS > askedS - CLOCKS_MAX_S && timeS < answeredS + CLOCKS_MAX_S) return;
  const differenceS = Math.round(timeS - askedS);
  throw new Error(`its clock differs from that of this machine by ${differenceS} s`);
}
