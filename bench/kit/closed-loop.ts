import { performance } from 'node:perf_hooks';
import { build as buildHistogram } from 'hdr-histogram-js';
import { Client } from 'undici';

export interface ClosedLoopResult {
  /** Requests, or journeys, per second. */
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  statuses: Record<number, number>;
}

export interface Call {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** True if the journey reads the body of the answer. */
  isRead?: boolean;
}

/** Sends a request on the connection of its caller and waits for the end of the answer. */
export type Send = (call: Call) => Promise<{ status: number; body: string }>;

/**
 * Takes `count` journeys, each of one or more requests. Each connection begins its next journey as soon as the last has
 * ended; the connections are spread over the servers. It uses undici's dispatch with one client per connection, which costs so little that the server is the limit, not
 * the generator. Latencies are those of journeys.
 */
export async function closedLoop(
  origins: string[],
  connections: number,
  count: number,
  journey: (send: Send, index: number) => Promise<unknown>,
): Promise<ClosedLoopResult> {
  const latencyUs = buildHistogram({ lowestDiscernibleValue: 1, highestTrackableValue: 60e6 });
  const statuses: Record<number, number> = {};
  let next = 0;

  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      const client = new Client(origins[connection % origins.length] as string, { pipelining: 1 });
      const send: Send = (call) => sendOn(client, call, statuses);
      while (next < count) {
        const index = next++;
        const begunAt = performance.now();
        await journey(send, index);
        latencyUs.recordValue(Math.max(1, Math.round((performance.now() - begunAt) * 1000)));
      }
      await client.close();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    perSecond: count / seconds,
    p50Ms: latencyUs.getValueAtPercentile(50) / 1000,
    p99Ms: latencyUs.getValueAtPercentile(99) / 1000,
    statuses,
  };
}

function sendOn(
  client: Client,
  { method = 'POST', path, headers, body, isRead = false }: Call,
  statuses: Record<number, number>,
): ReturnType<Send> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let text = '';
    client.dispatch(
      { method, path, headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          if (isRead) text += chunk.toString();
        },
        onResponseEnd() {
          statuses[status] = (statuses[status] ?? 0) + 1;
          resolve({ status, body: text });
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
