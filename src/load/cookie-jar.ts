/** A buyer's cookies: what servers set goes back to them until the turn ends, as in k6. */
export interface CookieJar {
  /** The `Cookie` header for a request; undefined when there is nothing to send. */
  headerFor(origin: string, path: string): string | undefined;
  /** Takes one `Set-Cookie` header of an answer. */
  store(setCookie: string, origin: string, path: string, nowMs: number): void;
  set(origin: string, name: string, value: string): void;
  cookiesFor(origin: string, path: string): Record<string, string[]>;
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
}

export function createCookieJar(): CookieJar {
  let cookies: Cookie[] = [];

  function matching(origin: string, path: string): Cookie[] {
    const { hostname, protocol } = new URL(origin);
    const pathname = path.split('?', 1)[0] as string;
    return cookies.filter(
      (cookie) =>
        (cookie.host === hostname || (cookie.domainWide && hostname.endsWith(`.${cookie.host}`))) &&
        (pathname === cookie.path || pathname.startsWith(withSlash(cookie.path))) &&
        (!cookie.secure || protocol === 'https:'),
    );
  }

  function put(cookie: Cookie): void {
    remove(cookie);
    cookies.push(cookie);
  }

  function remove(cookie: Cookie): void {
    cookies = cookies.filter(
      (other) =>
        other.name !== cookie.name || other.host !== cookie.host || other.path !== cookie.path,
    );
  }

  return {
    headerFor(origin, path) {
      if (cookies.length === 0) return undefined;
      const sent = matching(origin, path);
      if (sent.length === 0) return undefined;
      return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    store(setCookie, origin, path, nowMs) {
      const parsed = parseSetCookie(setCookie);
      if (!parsed) return;
      const { hostname } = new URL(origin);
      const domain = parsed.attributes.get('domain')?.replace(/^\./, '').toLowerCase();
      if (domain && domain !== hostname && !hostname.endsWith(`.${domain}`)) return;
      const cookie: Cookie = {
        name: parsed.name,
        value: parsed.value,
        host: domain || hostname,
        domainWide: Boolean(domain),
        path: parsed.attributes.get('path')?.startsWith('/')
          ? (parsed.attributes.get('path') as string)
          : defaultPath(path),
        secure: parsed.attributes.has('secure'),
      };
      if (isExpired(parsed.attributes, nowMs)) remove(cookie);
      else put(cookie);
    },
    set(origin, name, value) {
      const { hostname } = new URL(origin);
      put({ name, value, host: hostname, domainWide: false, path: '/', secure: false });
    },
    cookiesFor(origin, path) {
      const found: Record<string, string[]> = {};
      for (const { name, value } of matching(origin, path)) {
        found[name] = [...(found[name] ?? []), value];
      }
      return found;
    },
    clear() {
      if (cookies.length > 0) cookies = [];
    },
  };
}

/** A `Set-Cookie` header taken apart; attribute names in lower case. Undefined without a name. */
export function parseSetCookie(
  header: string,
): { name: string; value: string; attributes: Map<string, string> } | undefined {
  const [pair, ...rest] = header.split(';') as [string, ...string[]];
  const equals = pair.indexOf('=');
  if (equals <= 0) return undefined;
  const attributes = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    attributes.set(name, at < 0 ? '' : part.slice(at + 1).trim());
  }
  return { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim(), attributes };
}

function isExpired(attributes: Map<string, string>, nowMs: number): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = attributes.get('expires');
  return expires !== undefined && Date.parse(expires) <= nowMs;
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
