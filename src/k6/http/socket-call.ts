import type { Handshake, SocketRequest } from '../../load/http/web-socket.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { ScriptCookieJar } from './script-cookie-jar.ts';

/** The `params` of k6's WebSocket functions. */
export interface SocketParams {
  headers?: Record<string, unknown> | null;
  tags?: Record<string, unknown> | null;
  jar?: unknown;
  compression?: unknown;
}

/** The names of all parameters that are known. */
export const SOCKET_PARAMETERS: ReadonlySet<string> = new Set([
  ...['headers', 'tags', 'jar', 'compression'],
]);

/** The request for a WebSocket, as a script asks for it. */
export interface SocketCall {
  request: SocketRequest;
  /** Stores the cookies that the server sets with its answer. */
  storeCookies(handshake: Handshake): void;
}

/** Makes a request of the arguments of a script. Throws for a compression that is not supported. */
export function toSocketCall(
  vu: Vu,
  url: string,
  { headers, jar: given, compression }: SocketParams,
  protocols: string[] = [],
): SocketCall {
  if (compression !== undefined && String(compression).trim() !== 'deflate') {
    throw new Error(
      `unsupported compression algorithm '${compression}', supported algorithm is 'deflate'`,
    );
  }
  const request: SocketRequest = {
    ...{ url, headers: { 'User-Agent': vu.http.userAgent }, protocols: [...protocols] },
    compresses: compression !== undefined,
  };
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() === 'sec-websocket-protocol') {
      request.protocols.push(...String(value).split(/\s*,\s*/));
    } else if (name.toLowerCase() === 'user-agent') request.headers['User-Agent'] = String(value);
    else request.headers[name] = String(value);
  }
  const place =
    /^wss?:/i.test(url) && URL.canParse(url) ? new URL(url.replace(/^ws/i, 'http')) : undefined;
  const jar = ScriptCookieJar.jarOf(given) ?? vu.cookies;
  const cookies = place ? Object.entries(jar.cookiesFor(place.origin, place.pathname)) : [];
  const pairs = cookies.flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
  if (pairs.length > 0) {
    const own = request.headers.Cookie;
    request.headers.Cookie = [...(own === undefined ? [] : [own]), ...pairs].join('; ');
  }
  return {
    request,
    storeCookies({ headers: list }) {
      for (const [index, name] of list.entries()) {
        if (index % 2 === 1 || name.toLowerCase() !== 'set-cookie' || !place) continue;
        jar.store(list[index + 1] as string, place.origin, place.pathname);
      }
    },
  };
}
