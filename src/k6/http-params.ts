import type { CallRequest } from '../load/calls.ts';
import { DURATION_MS_MAX, parseDurationMs } from '../load/duration.ts';
import { createRecentMap } from '../load/recent-map.ts';
import type { Vu } from '../load/vu.ts';
import type { ResponseType } from './response.ts';

export type StatusTest = (status: number) => boolean;

/** The `params` of k6's http functions. */
export interface HttpParams {
  headers?: Record<string, string>;
  tags?: Record<string, unknown>;
  cookies?: Record<string, string | { value?: string }>;
  timeout?: string | number;
  redirects?: number;
  responseType?: ResponseType;
  responseCallback?: StatusTest | null;
}

/** A URL whose samples go by a name with the variable parts left out (from http.url). */
export interface HttpUrl {
  url: string;
  name: string;
}

const SUPPORTED = new Set([
  'headers',
  'tags',
  'cookies',
  'timeout',
  'redirects',
  'responseType',
  'responseCallback',
]);

const TIMEOUT_MS_DEFAULT = 60_000;

/** Reads one request's arguments into a call. Throws for what is not supported or makes no sense. */
export function toCallRequest(
  vu: Vu,
  method: string,
  url: string | HttpUrl,
  body: unknown,
  params: HttpParams | null | undefined,
): CallRequest {
  if (params) for (const name in params) if (!SUPPORTED.has(name)) refuse(name);
  const encoded = encodeBody(body);
  const named = typeof url === 'object' && url !== null ? url : undefined;
  const headers = params?.headers;
  return {
    method,
    url: named ? named.url : String(url),
    headers: encoded.contentType
      ? withContentType(headers, encoded.contentType)
      : (headers ?? undefined),
    body: encoded.body,
    timeoutMs:
      params?.timeout === undefined ? TIMEOUT_MS_DEFAULT : timeoutMsOf(String(params.timeout)),
    redirectsMax: params?.redirects ?? vu.http.redirectsMax,
    tags: named ? { name: named.name, ...params?.tags } : params?.tags,
    cookies: params?.cookies ? plainCookies(params.cookies) : undefined,
    isExpected:
      params?.responseCallback === undefined ? vu.expectedStatus : params.responseCallback,
  };
}

export function responseTypeOf(vu: Vu, params: HttpParams | null | undefined): ResponseType {
  return params?.responseType ?? (vu.http.discardResponseBodies ? 'none' : 'text');
}

function refuse(name: string): never {
  throw new Error(
    `the http parameter "${name}" is not supported (supported: ${[...SUPPORTED].join(', ')})`,
  );
}

/** Numbers are milliseconds, as in k6. Scripts write the same one or two timeouts for every request. */
const timeoutMsOf = createRecentMap(100, readTimeoutMs);

function readTimeoutMs(timeout: string): number {
  const ms = parseDurationMs(timeout);
  if (ms === undefined) throw new Error(`"${timeout}" is not a timeout like "30s" or 30000`);
  // No timeout at all would let a silent server hold a run for ever.
  return ms === 0 ? TIMEOUT_MS_DEFAULT : Math.min(ms, DURATION_MS_MAX);
}

function encodeBody(body: unknown): { body: string | Uint8Array | null; contentType?: string } {
  if (body === null || body === undefined || body === '') return { body: null };
  if (typeof body === 'string') return { body };
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) };
  if (ArrayBuffer.isView(body)) {
    return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
  }
  if (typeof body === 'object') {
    return { body: formEncode(body), contentType: 'application/x-www-form-urlencoded' };
  }
  throw new TypeError(
    `a request body is a string, an ArrayBuffer or an object of form fields, not a ${typeof body}`,
  );
}

function formEncode(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(name, String(item));
  }
  return form.toString();
}

function withContentType(
  headers: Record<string, string> | undefined,
  contentType: string,
): Record<string, string> {
  const given = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'content-type');
  return given ? (headers as Record<string, string>) : { ...headers, 'content-type': contentType };
}

function plainCookies(cookies: NonNullable<HttpParams['cookies']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cookies).map(([name, cookie]) => [
      name,
      typeof cookie === 'string' ? cookie : (cookie.value ?? ''),
    ]),
  );
}
