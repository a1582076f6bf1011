import { isIP } from 'node:net';
import { isLoopback } from '../../kernel/loopback.ts';
import { cookieText, expiryOf, parseSetCookie } from './set-cookie.ts';

/**
 * The cookies of one VU by RFC 6265. They are kept until the iteration ends, as in k6.
 *
 * It is written by hand for speed: tough-cookie takes four times as long for the header of a request.
 */
export interface CookieJar {
  /** The `Cookie` header of a request, without the cookies in `without`; undefined when there is none to send. */
  headerFor(origin: string, path: string, without?: ReadonlySet<string>): string | undefined;
  /** Stores the cookie of one `Set-Cookie` header; a header that sets no cookie is ignored. */
  store(setCookie: string, origin: string, path: string): void;
  /** The values of the cookies that a request would carry, by name. */
  cookiesFor(origin: string, path: string): Record<string, string[]>;
  /** Deletes the cookies of one name that a request to this origin and path would carry. */
  delete(origin: string, path: string, name: string): void;
  clear(): void;
  /** Copies of all cookies, of which another jar can be made. */
  stored(): StoredCookie[];
}

export interface StoredCookie {
  name: string;
  value: string;
  host: string;
  /** True when the cookie is sent to subdomains, too. */
  domainWide: boolean;
  path: string;
  secure: boolean;
  /** Wall time in milliseconds; `Infinity` for a cookie without a date. */
  expiresAtMs: number;
}

/** Protects the memory from a server that sets a new cookie with every answer; the oldest cookies are dropped. */
const COOKIES_MAX = 3_000;

/** @param cookies those that are in the jar from the start */
export function createCookieJar(nowMs: () => number, cookies: StoredCookie[] = []): CookieJar {
  /** The cookies of a request: longer paths first, cookies with equal paths in the order in which they were first set. */
  function matching(origin: string, path: string): StoredCookie[] {
    const { hostname, protocol } = new URL(origin);
    const pathname = path.split('?', 1)[0] as string;
    const now = nowMs();
    return cookies
      .filter(
        (cookie) =>
          (cookie.host === hostname || (cookie.domainWide && isWithin(hostname, cookie.host))) &&
          (pathname === cookie.path || pathname.startsWith(withSlash(cookie.path))) &&
          // A request to this machine itself crosses no network, and counts as secure, as in k6 and in browsers.
          (!cookie.secure || protocol === 'https:' || isLoopback(hostname)) &&
          cookie.expiresAtMs > now,
      )
      .sort((a, b) => b.path.length - a.path.length);
  }

  function indexOf(cookie: StoredCookie): number {
    return cookies.findIndex(
      (other) =>
        other.name === cookie.name && other.host === cookie.host && other.path === cookie.path,
    );
  }

  /** Adds or replaces a cookie. A replaced cookie keeps its position; an expired one deletes the cookie of its name. */
  function put(cookie: StoredCookie): void {
    const index = indexOf(cookie);
    const expired = cookie.expiresAtMs <= nowMs();
    if (index >= 0) cookies.splice(index, 1, ...(expired ? [] : [cookie]));
    else if (!expired) cookies.push(cookie);
    if (cookies.length > COOKIES_MAX) cookies.shift();
  }

  return {
    headerFor(origin, path, without) {
      if (cookies.length === 0) return undefined;
      const sent = matching(origin, path).filter(({ name }) => !without?.has(name));
      if (sent.length === 0) return undefined;
      return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    store(setCookie, origin, path) {
      const cookie = readCookie(setCookie, origin, path, nowMs());
      if (cookie) put(cookie);
    },
    cookiesFor(origin, path) {
      const found = new Map<string, string[]>();
      for (const { name, value } of matching(origin, path)) {
        found.set(name, [...(found.get(name) ?? []), cookieText(value)]);
      }
      return Object.fromEntries(found);
    },
    delete(origin, path, name) {
      const gone = matching(origin, path).filter((cookie) => cookie.name === name);
      cookies = cookies.filter((cookie) => !gone.includes(cookie));
    },
    clear() {
      if (cookies.length > 0) cookies = [];
    },
    stored: () => cookies.map((cookie) => ({ ...cookie })),
  };
}

/** Undefined for a header that sets no cookie, or one for a host that the server does not belong to. */
function readCookie(
  setCookie: string,
  origin: string,
  requestPath: string,
  nowMs: number,
): StoredCookie | undefined {
  const parsed = parseSetCookie(setCookie);
  if (!parsed) return undefined;
  const { name, value, attributes } = parsed;
  const { hostname } = new URL(origin);
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase();
  if (domain && domain !== hostname && !isWithin(hostname, domain)) return undefined;
  const path = attributes.get('path');
  return {
    name,
    value,
    host: domain || hostname,
    domainWide: Boolean(domain),
    path: path?.startsWith('/') ? path : defaultPath(requestPath),
    secure: attributes.has('secure'),
    expiresAtMs: expiryOf(attributes, nowMs),
  };
}

/** True for a subdomain of `domain`. An IP address is never one, although its digits may end in the same way. */
function isWithin(hostname: string, domain: string): boolean {
  return hostname.endsWith(`.${domain}`) && isIP(hostname) === 0;
}

/** The path of a cookie that names none: the path of the request up to its last slash (RFC 6265, 5.1.4). */
function defaultPath(path: string): string {
  const pathname = path.split('?', 1)[0] as string;
  const last = pathname.lastIndexOf('/');
  return last <= 0 ? '/' : pathname.slice(0, last);
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
