import type { Exchange } from '../http/exchange.ts';
import type { CallRequest } from './call-request.ts';

/** Texts that browsers mend and k6 does not: an escape that is none, a scheme without a name, a server without a name. */
const UNUSABLE = /%(?![\da-f]{2})|^:|^https?:\/{3}/i;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

export function isRedirect(exchange: Pick<Exchange, 'status' | 'header'>): boolean {
  return REDIRECTS.includes(exchange.status) && Boolean(exchange.header('location'));
}

/**
 * The request that follows a redirect. As in browsers and k6, 307 and 308 repeat the request, the others make it a GET.
 * An empty
 * location redirects to nothing, and the answer stands.
 *
 * @throws Error when the location is no URL of HTTP
 */
export function redirectedRequest(
  request: CallRequest,
  exchange: Pick<Exchange, 'status' | 'header' | 'request'>,
): CallRequest {
  const from = exchange.request;
  const location = exchange.header('location') as string;
  const base = from.origin + from.path;
  if (UNUSABLE.test(location) || !URL.canParse(location, base)) {
    throw new Error(`the location "${location}" is no URL`);
  }
  const to = new URL(location, base);
  if (!/^https?:$/.test(to.protocol)) {
    throw new Error(`the location "${location}" is not of HTTP`);
  }
  if (to.origin === from.origin && !to.username) keepCredentials(request.url, to);
  const repeat = exchange.status === 307 || exchange.status === 308;
  const keepsMethod = repeat || request.method === 'GET' || request.method === 'HEAD';
  return {
    ...request,
    url: to.href,
    method: keepsMethod ? request.method : 'GET',
    body: repeat ? request.body : null,
    headers: {
      ...refererOf(from.origin + from.path, to),
      ...redirectHeaders(request.headers, {
        sameOrigin: to.origin === from.origin,
        withBody: repeat,
      }),
    },
    redirectsMax: request.redirectsMax - 1,
  };
}

/** Credentials in a URL stay with their server, as those in a header do. */
function keepCredentials(before: string, to: URL): void {
  if (!before.includes('@')) return;
  const { username, password } = new URL(before);
  to.username = username;
  to.password = password;
}

/** The page that led there, which is not told to a server without TLS about one with TLS. */
const refererOf = (from: string, to: URL): Record<string, string> =>
  from.startsWith('https:') && to.protocol === 'http:' ? {} : { referer: from };

/** Leaves out the credentials when the origin changes, and the headers of the body when the body is not repeated. */
function redirectHeaders(
  headers: Record<string, string> | undefined,
  { sameOrigin, withBody }: { sameOrigin: boolean; withBody: boolean },
): Record<string, string> {
  const dropped = new Set<string>();
  if (!sameOrigin) for (const name of ['authorization', 'cookie']) dropped.add(name);
  // The one of the request before.
  dropped.add('referer');
  if (!withBody) for (const name of ['content-type', 'content-length']) dropped.add(name);
  return Object.fromEntries(
    Object.entries(headers ?? {}).filter(([name]) => !dropped.has(name.toLowerCase())),
  );
}
