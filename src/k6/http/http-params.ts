import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { createRecentMap } from '../../kernel/recent-map.ts';
import type { CallRequest } from '../../load/calls/call-request.ts';
import { DURATION_MS_MAX, parseDurationMs } from '../../load/schedule/duration.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { encodeForm } from '../html/form-encoding.ts';
import { warnOnce } from '../runtime/shared-state.ts';
import { encodeMultipart, FileData } from './multipart.ts';
import { ScriptCookieJar } from './script-cookie-jar.ts';

export type ResponseType = 'text' | 'binary' | 'none';

export type StatusTest = (status: number) => boolean;

/** The `params` of k6's http functions. */
export interface HttpParams {
  headers?: Record<string, string>;
  tags?: Record<string, unknown>;
  cookies?: Record<string, string | { value?: string; replace?: boolean }>;
  timeout?: string | number;
  redirects?: number;
  responseType?: ResponseType;
  responseCallback?: StatusTest | null;
  /** Made by `new http.CookieJar()`. */
  jar?: unknown;
  /** `gzip`, `deflate`, or several of them with commas. */
  compression?: string;
  auth?: string;
  throw?: boolean;
}

/** A URL whose samples go by a name with the variable parts left out (from http.url). */
export interface HttpUrl {
  url: string;
  name: string;
}

/** Names of the parameters there are. */
export const PARAMETERS: ReadonlySet<string> = new Set([
  'headers',
  'tags',
  'cookies',
  'timeout',
  'redirects',
  'responseType',
  'responseCallback',
  'jar',
  'compression',
  'auth',
  'throw',
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
  if (params) for (const name in params) if (!PARAMETERS.has(name)) warnOf(vu, name);
  if (params?.auth === 'ntlm') {
    throw new Error('the authentication "ntlm" is not supported (supported are basic and digest)');
  }
  const encoded = encodeBody(body);
  const named = typeof url === 'object' && url !== null ? url : undefined;
  const request: CallRequest = {
    method,
    url: named ? named.url : String(url),
    headers: encoded.contentType
      ? withHeader(params?.headers, 'content-type', encoded.contentType)
      : (params?.headers ?? undefined),
    body: encoded.body,
    timeoutMs:
      params?.timeout === undefined ? TIMEOUT_MS_DEFAULT : timeoutMsOf(String(params.timeout)),
    redirectsMax: params?.redirects ?? vu.http.redirectsMax,
    tags: named ? { name: named.name, ...params?.tags } : params?.tags,
    cookies: params?.cookies ? plainCookies(params.cookies) : undefined,
    isExpected:
      params?.responseCallback === undefined ? vu.expectedStatus : params.responseCallback,
  };
  if (params?.cookies) request.replacedCookies = replacedIn(params.cookies);
  if (params?.jar) request.jar = ScriptCookieJar.jarOf(params.jar);
  if (params?.compression && request.body !== null) compress(request, params.compression);
  return request;
}

/** Packs the body, in the order the algorithms are named in. */
function compress(request: CallRequest, compression: string): void {
  const names = compression.split(',').map((name) => name.trim());
  for (const name of names) {
    const pack = PACKERS[name];
    if (!pack) {
      throw new Error(
        `"${name}" is not a compression of request bodies (there are: ${Object.keys(PACKERS).join(', ')})`,
      );
    }
    request.body = pack(request.body ?? '');
  }
  request.headers = withHeader(request.headers, 'content-encoding', names.join(', '));
}

const PACKERS: Record<string, (body: string | Uint8Array) => Uint8Array> = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
};

export function responseTypeOf(vu: Vu, params: HttpParams | null | undefined): ResponseType {
  return params?.responseType ?? (vu.http.discardResponseBodies ? 'none' : 'text');
}

/** k6 ignores what it does not know. So do we, but not in silence: it is a parameter misspelt, or in a wrong place. */
function warnOf(vu: Vu, name: string): void {
  const known = [...PARAMETERS].join(', ');
  const message = `the http parameter "${name}" is unknown, and ignored (known: ${known})`;
  warnOnce(vu, `parameter ${name}`, message);
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
    const fields = Object.entries(body);
    if (fields.some(([, value]) => value instanceof FileData)) return encodeMultipart(fields);
    return { body: encodeForm(body), contentType: 'application/x-www-form-urlencoded' };
  }
  throw new TypeError(
    `a request body is a string, an ArrayBuffer or an object of form fields, not a ${typeof body}`,
  );
}

/** Adds a header that the script did not give itself. */
function withHeader(
  headers: Record<string, string> | undefined,
  name: string,
  value: string,
): Record<string, string> {
  const given = Object.keys(headers ?? {}).some((each) => each.toLowerCase() === name);
  return given ? (headers as Record<string, string>) : { ...headers, [name]: value };
}

function replacedIn(cookies: NonNullable<HttpParams['cookies']>): ReadonlySet<string> | undefined {
  const names = Object.entries(cookies).flatMap(([name, cookie]) =>
    typeof cookie === 'object' && cookie.replace ? [name] : [],
  );
  return names.length > 0 ? new Set(names) : undefined;
}

function plainCookies(cookies: NonNullable<HttpParams['cookies']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cookies).map(([name, cookie]) => [
      name,
      typeof cookie === 'string' ? cookie : (cookie.value ?? ''),
    ]),
  );
}
