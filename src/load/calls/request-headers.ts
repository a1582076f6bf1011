import type { CookieJar } from '../http/cookie-jar.ts';
import type { Exchange } from '../http/exchange.ts';
import type { SplitUrl } from '../http/url.ts';
import type { CallRequest } from './call-request.ts';
import type { Caller } from './caller.ts';

/** The headers of one request. */
export interface RequestHeaders {
  /** Names and values, alternating. */
  list: string[];
  /** The value of the `authorization` header in the list. */
  authorization: string | undefined;
}

/**
 * The script's headers, completed by the authorization in the URL, the user agent of the options, and the cookies: those
 * of a `Cookie` header, those of the request and those of the jar, in one header.
 */
export function requestHeaders(
  request: CallRequest,
  url: SplitUrl,
  vu: Pick<Caller, 'http' | 'cookies'>,
): RequestHeaders {
  const list: string[] = [];
  let authorization: string | undefined;
  let ownCookie: string | undefined;
  let ownAgent = false;
  for (const name in request.headers) {
    const value = String(request.headers[name]);
    // The three names that need care have different lengths, so that most headers cost one comparison each.
    if (name.length === 13 && name.toLowerCase() === 'authorization') authorization = value;
    else if (name.length === 10 && name.toLowerCase() === 'user-agent') {
      ownAgent = true;
      // An empty user agent sends none, as in k6.
      if (value === '') continue;
    } else if (name.length === 6 && name.toLowerCase() === 'cookie') {
      ownCookie = value;
      continue;
    }
    list.push(name, value);
  }
  if (authorization === undefined && url.authorization !== undefined) {
    authorization = url.authorization;
    list.push('authorization', authorization);
  }
  if (!ownAgent) list.push('user-agent', vu.http.userAgent);
  const jar = request.jar ?? vu.cookies;
  const jarCookie = jar.headerFor(url.origin, url.path, request.replacedCookies);
  if (ownCookie !== undefined || request.cookies !== undefined || jarCookie !== undefined) {
    const cookies = [ownCookie, cookiePairs(request.cookies), jarCookie].filter(Boolean);
    list.push('cookie', cookies.join('; '));
  }
  return { list, authorization };
}

function cookiePairs(cookies: Record<string, string> | undefined): string | undefined {
  if (!cookies) return undefined;
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

/** Stores the cookies that an answer sets. */
export function storeCookies(
  exchange: Pick<Exchange, 'header' | 'headers' | 'request'>,
  jar: CookieJar,
): void {
  if (exchange.header('set-cookie') === undefined) return;
  const { origin, path } = exchange.request;
  for (const [name, value] of exchange.headers()) {
    if (name.toLowerCase() === 'set-cookie') jar.store(value, origin, path);
  }
}
