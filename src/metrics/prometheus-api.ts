import * as z from 'zod';
import { splitCredentials } from '../kernel/credentials.ts';

/** The part of Prometheus' HTTP API that a run uses. Both calls reject when no answer comes, or one that is not Prometheus'. */
export interface PrometheusApi {
  /** The API's base URL without user and password, for texts. */
  shown: string;
  /** Evaluates PromQL at this moment. */
  query(promql: string, signal: AbortSignal): Promise<QueryAnswer>;
  /**
   * The samples of a selector between two times (seconds since 1970), series by series. Rejects with Prometheus' reason when
   * it refuses.
   */
  samplesBetween(
    selector: string,
    times: { fromS: number; toS: number },
    signal: AbortSignal,
  ): Promise<SampledSeries[]>;
  /** The scrape interval of each target that is up. */
  scrapeIntervalsMs(signal: AbortSignal): Promise<number[]>;
}

export type QueryAnswer =
  /** The samples' values as Prometheus writes them: `0.25`, `NaN`, `+Inf`. A scalar is one sample. */
  | { values: string[] }
  /** Prometheus gave a reason instead of values; `isWrong` when the query is not PromQL. */
  | { refusal: string; isWrong: boolean };

/** The samples of one series, each with its time in seconds since 1970, in their order. */
export interface SampledSeries {
  labels: Record<string, string>;
  samples: { atS: number; value: number }[];
}

const ANSWER_WITHIN_MS = 30_000;

const Sample = z.tuple([z.number(), z.string()]).transform(([, value]) => value);
/** Results other than a scalar and a vector of numbers (a range, a text, histograms) have no values. */
const Data = z.union([
  z
    .object({ resultType: z.literal('scalar'), result: Sample })
    .transform(({ result }) => ({ values: [result] })),
  z
    .object({ resultType: z.literal('vector'), result: z.array(z.object({ value: Sample })) })
    .transform(({ result }) => ({ values: result.map(({ value }) => value) })),
  z.object({ resultType: z.string() }).transform(({ resultType }) => ({
    refusal: `it is a ${resultType} of other things than numbers`,
    isWrong: false,
  })),
]);
const Answer = z.union([
  z.object({ status: z.literal('success'), data: Data }).transform(({ data }) => data),
  z
    .object({ status: z.literal('error'), errorType: z.string(), error: z.string() })
    .transform(({ errorType, error }) => ({
      refusal: error,
      isWrong: errorType === 'bad_data',
    })),
]);
const Matrix = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.literal('matrix'),
      result: z.array(
        z
          .object({
            metric: z.record(z.string(), z.string()),
            values: z.array(z.tuple([z.number(), z.string()])),
          })
          .transform(({ metric, values }) => ({
            labels: metric,
            samples: values.map(([atS, value]) => ({ atS, value: Number(value) })),
          })),
      ),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);
const Targets = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ health: z.string(), scrapeInterval: z.string() })),
  }),
});

/** @param baseUrl the URL before `/api/v1`, without a slash at its end; may contain user and password */
export function createPrometheusApi(baseUrl: string): PrometheusApi {
  const { url: base, headers } = splitCredentials(baseUrl);
  const shown = base.href.replace(/\/+$/, '');

  async function call<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
    form?: Record<string, string>,
  ): Promise<z.output<Schema>> {
    const answer = await fetch(`${shown}/api/v1/${path}`, {
      headers,
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    const text = await answer.text();
    const parsed = schema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    throw new Error(`it answered ${answer.status}, and not as Prometheus does`);
  }

  return {
    shown,
    query: (promql, signal) => call('query', Answer, signal, { query: promql }),
    async samplesBetween(selector, { fromS, toS }, signal) {
      const range = `${selector}[${Math.max(Math.ceil(toS - fromS), 1)}s]`;
      const answer = await call('query', Matrix, signal, { query: range, time: String(toS) });
      if (answer.status === 'error') throw new Error(answer.error);
      return answer.data.result;
    },
    async scrapeIntervalsMs(signal) {
      const { data } = await call('targets?state=active', Targets, signal);
      return data.activeTargets
        .filter(({ health }) => health === 'up')
        .map(({ scrapeInterval }) => intervalMs(scrapeInterval));
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration in Prometheus' notation: `15s`, `1m30s`. */
function intervalMs(text: string): number {
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhd])/g)) {
    totalMs += Number(amount) * MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT];
  }
  return totalMs;
}
