import { createRecentMap } from '../../kernel/recent-map.ts';
import type { CallRequest } from '../../load/calls/call-request.ts';
import { packBody } from '../../load/http/content-encoding.ts';
import { DURATION_MS_MAX, parseDurationMs } from '../../load/schedule/parse-duration.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { warnOnce } from '../runtime/shared-state.ts';
import { type StatusTest, statusTestOf } from './expected-statuses.ts';
import { encodeBody } from './request-body.ts';
import { cookieValue, ScriptCookieJar } from './script-cookie-jar.ts';

/** The form in which a response keeps its body. */
export type ResponseType = 'text' | 'binary' | 'none';

/** The `params` of k6's http functions. */
export interface HttpParams {
  headers?: Record<string, string>;
  tags?: Record<string, unknown>;
  cookies?: Record<string, string | { value?: string; replace?: boolean }>;
  timeout?: string | number;
  redirects?: number;
  responseType?: ResponseType;
  responseCallback?: StatusTest | null;
  /** A jar made by `new http.CookieJar()`, used in place of the VU's. */
  jar?: unknown;
  /** `gzip`, `deflate` or `br`, or several of them separated by commas. */
  compression?: string;
  auth?: string;
  throw?: boolean;
}

/** A URL made by `http.url`. Its samples carry a name without the variable parts. */
export interface HttpUrl {
  url: string;
  name: string;
}

/** The names of all parameters that are known. */
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

/** Makes a call of the arguments of a request. Throws for a parameter that is not supported or has no valid value. */
export function toCallRequest(
  vu: Vu,
  method: string,
  url: string | HttpUrl,
  body: unknown,
  params: HttpParams | null | undefined,
): CallRequest {
  if (params) for (const name in params) if (!PARAMETERS.has(name)) warnOfUnknown(vu, name);
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
    dropsBody: responseTypeOf(vu, params) === 'none',
    redirectsMax: redirectsMaxOf(vu, params),
    tags: named ? { name: named.name, ...params?.tags } : params?.tags,
    cookies: params?.cookies ? plainCookies(params.cookies) : undefined,
    isExpected:
      params?.responseCallback === undefined
        ? vu.expectedStatus
        : statusTestOf(params.responseCallback),
  };
  if (params?.cookies) request.replacedCookies = replacedIn(params.cookies);
  if (params?.jar) request.jar = ScriptCookieJar.jarOf(params.jar);
  if (params?.compression && request.body !== null) {
    const packed = packBody(request.body, params.compression);
    request.body = packed.body;
    request.headers = withHeader(request.headers, 'content-encoding', packed.encoding);
  }
  return request;
}

const RESPONSE_TYPES: readonly unknown[] = ['text', 'binary', 'none'];

export function responseTypeOf(vu: Vu, params: HttpParams | null | undefined): ResponseType {
  const type = params?.responseType;
  if (type === undefined) return vu.http.discardResponseBodies ? 'none' : 'text';
  if (RESPONSE_TYPES.includes(type)) return type;
  throw new TypeError(`responseType is "text", "binary" or "none", not ${JSON.stringify(type)}`);
}

/** As in k6, what is given and is no number means that no redirect is followed. */
function redirectsMaxOf(vu: Vu, params: HttpParams | null | undefined): number {
  if (typeof params !== 'object' || params === null || !('redirects' in params)) {
    return vu.http.redirectsMax;
  }
  return Math.trunc(Number(params.redirects)) || 0;
}

/** Warns of an unknown parameter, which is ignored as in k6: it is misspelt, or in the wrong place. */
function warnOfUnknown(vu: Vu, name: string): void {
  const known = [...PARAMETERS].join(', ');
  const message = `the http parameter "${name}" is unknown, and ignored (known: ${known})`;
  warnOnce(vu, `parameter ${name}`, message);
}

/** A number is a timeout in milliseconds, as in k6. Cached, because scripts repeat the same timeout for every request. */
const timeoutMsOf = createRecentMap(100, readTimeoutMs);

function readTimeoutMs(timeout: string): number {
  const ms = parseDurationMs(timeout);
  if (ms === undefined) throw new Error(`"${timeout}" is not a timeout like "30s" or 30000`);
  // 0 means no timeout in k6, but a silent server could then hold a run for ever.
  return ms === 0 ? TIMEOUT_MS_DEFAULT : Math.min(ms, DURATION_MS_MAX);
}

/** Adds a header, unless the script gives it itself. */
function withHeader(
  headers: Record<string, string> | undefined,
  name: string,
  value: string,
): Record<string, string> {
  const given = Object.keys(headers ?? {}).some((each) => each.toLowerCase() === name);
  return given ? (headers as Record<string, string>) : { ...headers, [name]: value };
}

/** The names of the cookies that replace those of the jar. */
function replacedIn(cookies: NonNullable<HttpParams['cookies']>): ReadonlySet<string> | undefined {
  const names = Object.entries(cookies).flatMap(([name, cookie]) =>
    typeof cookie === 'object' && cookie?.replace ? [name] : [],
  );
  return names.length > 0 ? new Set(names) : undefined;
}

function plainCookies(cookies: NonNullable<HttpParams['cookies']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cookies).map(([name, cookie]) => [
      name,
      // As in k6, a number or a boolean is its text.
      cookieValue(typeof cookie === 'object' ? (cookie?.value ?? '') : cookie),
    ]),
  );
}
