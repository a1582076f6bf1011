import { performance } from 'node:perf_hooks';
import { build as buildHistogram } from 'hdr-histogram-js';
import { Client } from 'undici';

export interface ClosedLoopResult {
  requestsPerSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  statuses: Record<number, number>;
}

/**
 * Sends every request once and reads each answer to its end. Each connection sends its next request as soon as the last
 * was answered. It uses undici's dispatch with one client per connection, which costs so little that the server is the
 * limit, not the generator.
 */
export async function closedLoop(
  origin: string,
  connections: number,
  requests: { path: string; headers: Record<string, string>; body: string }[],
): Promise<ClosedLoopResult> {
  const latencyUs = buildHistogram({ lowestDiscernibleValue: 1, highestTrackableValue: 60e6 });
  const statuses: Record<number, number> = {};
  let next = 0;

  const sendOne = (client: Client, request: (typeof requests)[number]): Promise<void> =>
    new Promise((resolve, reject) => {
      const sentAt = performance.now();
      let status = 0;
      client.dispatch(
        {
          method: 'POST',
          path: request.path,
          headers: request.headers,
          body: request.body,
        },
        {
          onRequestStart() {},
          onResponseStart(_controller, statusCode) {
            status = statusCode;
          },
          onResponseData() {},
          onResponseEnd() {
            latencyUs.recordValue(Math.max(1, Math.round((performance.now() - sentAt) * 1000)));
            statuses[status] = (statuses[status] ?? 0) + 1;
            resolve();
          },
          onResponseError(_controller, error) {
            reject(error);
          },
        },
      );
    });

  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new Client(origin, { pipelining: 1 });
      while (next < requests.length) {
        const request = requests[next++];
        if (request) await sendOne(client, request);
      }
      await client.close();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    requestsPerSecond: requests.length / seconds,
    p50Ms: latencyUs.getValueAtPercentile(50) / 1000,
    p95Ms: latencyUs.getValueAtPercentile(95) / 1000,
    p99Ms: latencyUs.getValueAtPercentile(99) / 1000,
    statuses,
  };
}

/** The median of several runs. One disturbed run moves an average, but not the median. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
