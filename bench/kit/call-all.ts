import { percentile } from './statistics.ts';

export interface CallsResult {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Makes `count` calls by so many callers, each of which makes its next call as soon as the last has its outcome. */
export async function callAll(
  count: number,
  callers: number,
  call: () => Promise<void>,
): Promise<CallsResult> {
  const latenciesMs = new Float64Array(count);
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < count) {
        const index = next++;
        const askedAt = performance.now();
        await call();
        latenciesMs[index] = performance.now() - askedAt;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  latenciesMs.sort();
  return {
    perSecond: count / seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}
