import type { Vu } from '../../load/vu/vu.ts';
import type { HttpParams, HttpUrl } from './http-params.ts';
import { guardMembers } from './pending-response.ts';
import type { SendRequest } from './response.ts';

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
 * @returns a promise of the responses: an array for an array of requests, an object with the same keys for an object
 */
export function sendBatch(vu: Vu, send: SendRequest, requests: BatchRequests): Promise<unknown> {
  const keys = Object.keys(requests);
  const responses: Record<string, unknown> = {};
  const queue = Object.entries(requests).map(([key, request]) => readRequest(key, request));
  const inFlightOfHost = new Map<string, number>();

  /** Sends the next request whose host has room, one after the other, until no such request is left. */
  async function work(): Promise<void> {
    for (;;) {
      const index = queue.findIndex(
        ({ host }) => (inFlightOfHost.get(host) ?? 0) < vu.http.batchPerHostMax,
      );
      const [next] = index < 0 ? [] : queue.splice(index, 1);
      if (!next) return;
      inFlightOfHost.set(next.host, (inFlightOfHost.get(next.host) ?? 0) + 1);
      try {
        responses[next.key] = await send(next.method, next.url, next.body, next.params);
      } finally {
        inFlightOfHost.set(next.host, (inFlightOfHost.get(next.host) ?? 0) - 1);
      }
    }
  }

  const workers = Array.from({ length: Math.min(vu.http.batchMax, queue.length) }, work);
  const all = Promise.all(workers).then(() =>
    Array.isArray(requests) ? keys.map((key) => responses[key]) : responses,
  );
  guardMembers(all, keys);
  return all;
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
