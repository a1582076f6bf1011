import type { Vu } from '../../load/vu/vu.ts';
import { type HttpParams, type HttpUrl, toCallRequest } from './http-params.ts';
import { guardMembers } from './pending-response.ts';
import type { SendRequest } from './response.ts';
import { BlockingSettler, dispatch, sendBeside } from './send-request.ts';

/** One request of a batch: a URL, a list of arguments, or an object with the same parts. */
type BatchRequest =
  | string
  | HttpUrl
  | [method: string, url: string | HttpUrl, body?: unknown, params?: HttpParams | null]
  | { method: string; url: string | HttpUrl; body?: unknown; params?: HttpParams | null };

export type BatchRequests = BatchRequest[] | Record<string, BatchRequest>;

interface QueuedRequest {
  key: string;
  /** Host and port. */
  host: string;
  method: string;
  url: string | HttpUrl;
  body?: unknown;
  params?: HttpParams | null;
}

/**
 * Sends requests side by side, within the limits of the options `batch` and `batchPerHost`.
 *
 * @returns the responses: an array for an array of requests, an object with the same keys for an object; in a promise
 *   where calls do not block
 */
export function sendBatch(vu: Vu, send: SendRequest, requests: BatchRequests): unknown {
  const keys = Object.keys(requests);
  const responses: Record<string, unknown> = {};
  const queue = new BatchQueue(vu, requests);
  const inOrder = (): unknown =>
    Array.isArray(requests) ? keys.map((key) => responses[key]) : responses;

  if (vu.waitForCalls) {
    const settlers = sendAndWait(vu, vu.waitForCalls, queue, send);
    for (const [key, settler] of settlers) responses[key] = settler.take();
    return inOrder();
  }

  /** Sends one request after the other, until none is left whose host has room. */
  async function work(): Promise<void> {
    for (let next = queue.take(); next; next = queue.take()) {
      try {
        responses[next.key] = await sendBeside(
          ...([vu, send, next.method, next.url, next.body, next.params] as const),
        );
      } finally {
        queue.ended(next);
      }
    }
  }

  vu.watch?.begin('http.batch()');
  const workers = Array.from({ length: Math.min(vu.http.batchMax, keys.length) }, work);
  const all = Promise.all(workers)
    .finally(() => vu.watch?.end())
    .then(inOrder);
  guardMembers(all, keys);
  return all;
}

/** Sends the requests of a queue, and waits until all of them have ended. */
function sendAndWait(
  vu: Vu,
  waitForCalls: () => void,
  queue: BatchQueue,
  send: SendRequest,
): Map<string, BlockingSettler> {
  const settlers = new Map<string, BlockingSettler>();
  let inFlight = 0;

  function sendMore(): void {
    while (inFlight < vu.http.batchMax) {
      const next = queue.take();
      if (!next) return;
      const call = toCallRequest(vu, next.method, next.url, next.body, next.params);
      const settler = new BlockingSettler(vu, send, call, next.params);
      settlers.set(next.key, settler);
      settler.onEnd = () => {
        inFlight -= 1;
        queue.ended(next);
        sendMore();
      };
      inFlight += 1;
      dispatch(settler, next.params, vu.calls.send);
    }
  }

  sendMore();
  waitForCalls();
  return settlers;
}

/** The requests of a batch that are not sent yet. */
class BatchQueue {
  private readonly vu: Vu;
  private readonly requests: QueuedRequest[];
  private readonly inFlightOfHost = new Map<string, number>();

  constructor(vu: Vu, requests: BatchRequests) {
    this.vu = vu;
    this.requests = Object.entries(requests).map(([key, request]) => readRequest(key, request));
  }

  /** Takes the next request whose host has room. */
  take(): QueuedRequest | undefined {
    const index = this.requests.findIndex(
      ({ host }) => (this.inFlightOfHost.get(host) ?? 0) < this.vu.http.batchPerHostMax,
    );
    const [next] = index < 0 ? [] : this.requests.splice(index, 1);
    if (next) this.inFlightOfHost.set(next.host, (this.inFlightOfHost.get(next.host) ?? 0) + 1);
    return next;
  }

  ended({ host }: QueuedRequest): void {
    this.inFlightOfHost.set(host, (this.inFlightOfHost.get(host) ?? 0) - 1);
  }
}

function readRequest(key: string, request: BatchRequest): QueuedRequest {
  if (Array.isArray(request)) {
    const [method, url, body, params] = request;
    return { key, host: hostOf(url), method: method.toUpperCase(), url, body, params };
  }
  if (typeof request === 'object' && 'method' in request) {
    const { method, url } = request;
    return { ...request, key, host: hostOf(url), method: method.toUpperCase() };
  }
  return { key, host: hostOf(request), method: 'GET', url: request };
}

function hostOf(url: string | HttpUrl): string {
  const text = typeof url === 'string' ? url : url.url;
  return URL.canParse(text) ? new URL(text).host : text;
}
