import { cookieText, parseCookieDate, parseSetCookie } from '../../load/http/set-cookie.ts';

/** Names and values in the order of the answer. A name may be there several times. */
type Headers = Iterable<readonly [name: string, value: string]>;

/** A cookie that an answer sets, as k6 shows it to scripts. */
export interface ResponseCookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  http_only: boolean;
  secure: boolean;
  max_age: number;
  /** Milliseconds since the epoch; 0 without a date. */
  expires: number;
}

/** The headers by their canonical names. The values of a repeated header are joined by commas. */
export function joinHeaders(headers: Headers): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) {
    const canonical = canonicalName(name);
    const before = joined[canonical];
    joined[canonical] = before === undefined ? value : `${before}, ${value}`;
  }
  return joined;
}

/** The values of each header by its canonical name, from a list of names and values in turn. */
export function groupHeaders(list: readonly string[]): Record<string, string[]> {
  const grouped: Record<string, string[]> = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = canonicalName(list[i] as string);
    grouped[name] ??= [];
    grouped[name].push(list[i + 1] as string);
  }
  return grouped;
}

/** The cookies that the headers set, by their names. */
export function setCookiesOf(headers: Headers): Record<string, ResponseCookie[]> {
  const cookies = new Map<string, ResponseCookie[]>();
  for (const [header, line] of headers) {
    const cookie = header.toLowerCase() === 'set-cookie' ? parseSetCookie(line) : undefined;
    if (!cookie) continue;
    const { name, value, attributes } = cookie;
    const ofName = cookies.get(name) ?? [];
    cookies.set(name, ofName);
    ofName.push({
      name,
      value: cookieText(value),
      domain: attributes.get('domain') ?? '',
      path: attributes.get('path') ?? '',
      http_only: attributes.has('httponly'),
      secure: attributes.has('secure'),
      max_age: Number(attributes.get('max-age') ?? 0) || 0,
      expires: parseCookieDate(attributes.get('expires') ?? '') ?? 0,
    });
  }
  return Object.fromEntries(cookies);
}

/** `content-type` → `Content-Type`, the spelling of Go and so of k6. */
function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
