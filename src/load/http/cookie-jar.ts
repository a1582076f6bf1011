import { isIP } from 'node:net';

/** A buyer's cookies by RFC 6265: what servers set goes back to them until the turn ends, as in k6. */
export interface CookieJar {
  /** The `Cookie` header for a request, without the cookies named; undefined when there is nothing to send. */
  headerFor(origin: string, path: string, without?: ReadonlySet<string>): string | undefined;
  /** Takes one `Set-Cookie` header of an answer; what is no cookie is ignored. */
  store(setCookie: string, origin: string, path: string): void;
  cookiesFor(origin: string, path: string): Record<string, string[]>;
  /** Takes away the cookies of a name that a request to there would carry. */
  delete(origin: string, path: string, name: string): void;
  clear(): void;
}

interface Cookie {
  name: string;
  value: string;
  host: string;
  /** Sent to subdomains too. */
  domainWide: boolean;
  path: string;
  secure: boolean;
  /** Wall time; `Infinity` for a cookie of the session. */
  expiresAtMs: number;
}

/** So that a server which sets another cookie with every answer cannot fill the memory; the oldest go first. */
const COOKIES_MAX = 3_000;

export function createCookieJar(nowMs: () => number): CookieJar {
  let cookies: Cookie[] = [];

  /** Longer paths first, and among equals in the order in which they were first set. */
  function matching(origin: string, path: string): Cookie[] {
    const { hostname, protocol } = new URL(origin);
    const pathname = path.split('?', 1)[0] as string;
    const now = nowMs();
    return cookies
      .filter(
        (cookie) =>
          (cookie.host === hostname || (cookie.domainWide && isWithin(hostname, cookie.host))) &&
          (pathname === cookie.path || pathname.startsWith(withSlash(cookie.path))) &&
          (!cookie.secure || protocol === 'https:') &&
          cookie.expiresAtMs > now,
      )
      .sort((a, b) => b.path.length - a.path.length);
  }

  function placeOf(cookie: Cookie): number {
    return cookies.findIndex(
      (other) =>
        other.name === cookie.name && other.host === cookie.host && other.path === cookie.path,
    );
  }

  /** A cookie that is set again keeps its place; one that has expired gives it up. */
  function put(cookie: Cookie): void {
    const place = placeOf(cookie);
    const expired = cookie.expiresAtMs <= nowMs();
    if (place >= 0) cookies.splice(place, 1, ...(expired ? [] : [cookie]));
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
      const parsed = parseSetCookie(setCookie);
      if (!parsed) return;
      const { name, value, attributes } = parsed;
      const { hostname } = new URL(origin);
      const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase();
      if (domain && domain !== hostname && !isWithin(hostname, domain)) return;
      const ownPath = attributes.get('path');
      put({
        name,
        value,
        host: domain || hostname,
        domainWide: Boolean(domain),
        path: ownPath?.startsWith('/') ? ownPath : defaultPath(path),
        secure: attributes.has('secure'),
        expiresAtMs: expiryOf(attributes, nowMs()),
      });
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
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not stand in a cookie.
const CONTROL_CHARACTERS = /[\0-\x08\x0a-\x1f\x7f]/;

/** A `Set-Cookie` header taken apart; attribute names in lower case, the last of each counts. Undefined without a name. */
export function parseSetCookie(
  header: string,
): { name: string; value: string; attributes: Map<string, string> } | undefined {
  if (CONTROL_CHARACTERS.test(header)) return undefined;
  const [pair, ...rest] = header.split(';') as [string, ...string[]];
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (name === '') return undefined;
  const attributes = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    const attribute = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    attributes.set(attribute, at < 0 ? '' : part.slice(at + 1).trim());
  }
  return { name, value: pair.slice(equals + 1).trim(), attributes };
}

/** A cookie's value as scripts see it: quotes around it are not part of it, but go back to the server. */
export function cookieText(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1) : value;
}

/** `Max-Age` counts before `Expires`; one that cannot be read counts as not there. */
function expiryOf(attributes: Map<string, string>, nowMs: number): number {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
    return Number(maxAge) <= 0 ? Number.NEGATIVE_INFINITY : nowMs + Number(maxAge) * 1_000;
  }
  return parseCookieDate(attributes.get('expires') ?? '') ?? Number.POSITIVE_INFINITY;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * A date the way RFC 6265 (5.1.1) reads it: day, month, year and time in any order and among anything else, in UTC
 * whatever zone it names. Undefined for what is no date.
 */
export function parseCookieDate(text: string): number | undefined {
  let time: RegExpExecArray | null = null;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock: RegExpExecArray | null = time
      ? null
      : /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token);
    const number = /^(\d{1,4})(?:\D|$)/.exec(token)?.[1];
    const monthNumber = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (clock) time = clock;
    else if (day === undefined && number && number.length <= 2) day = Number(number);
    else if (month === undefined && monthNumber >= 0) month = monthNumber;
    else if (year === undefined && number && number.length >= 2) year = Number(number);
  }
  if (!time || day === undefined || month === undefined || year === undefined) return undefined;
  if (year < 100) year += year < 70 ? 2_000 : 1_900;
  const [hours, minutes, seconds] = time.slice(1).map(Number) as [number, number, number];
  if (year < 1_601 || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const date = new Date(Date.UTC(year, month, day, hours, minutes, seconds));
  return date.getUTCDate() === day ? date.getTime() : undefined;
}

/** Whether a host is a subdomain; an address has none, whatever its digits end in. */
function isWithin(hostname: string, domain: string): boolean {
  return hostname.endsWith(`.${domain}`) && isIP(hostname) === 0;
}

/** RFC 6265: the request's path up to its last slash. */
function defaultPath(path: string): string {
  const pathname = path.split('?', 1)[0] as string;
  const last = pathname.lastIndexOf('/');
  return last <= 0 ? '/' : pathname.slice(0, last);
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
