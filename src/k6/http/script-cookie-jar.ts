import { type CookieJar, createCookieJar } from '../../load/http/cookie-jar.ts';
import { parseHttpUrl } from '../../load/http/url.ts';

interface CookieOptions {
  domain?: string;
  path?: string;
  expires?: string;
  max_age?: number;
  secure?: boolean;
  http_only?: boolean;
}

/** k6's `CookieJar`: the script's own (`new http.CookieJar()`), or the one of the VU (`http.cookieJar()`). */
export class ScriptCookieJar {
  readonly #jar: CookieJar;

  constructor(jar?: unknown) {
    this.#jar = jar === undefined ? createCookieJar(Date.now) : (jar as CookieJar);
  }

  /** The engine's jar inside a script's jar; undefined for any other value. */
  static jarOf(value: unknown): CookieJar | undefined {
    return value instanceof ScriptCookieJar ? value.#jar : undefined;
  }

  cookiesForURL(url: string): Record<string, string[]> {
    const { origin, pathname } = parseHttpUrl(url);
    return this.#jar.cookiesFor(origin, pathname);
  }

  set(url: string, name: string, value: unknown, given?: CookieOptions | null): boolean {
    const { origin, pathname } = parseHttpUrl(url);
    const options = given ?? {};
    // As in k6, "no time" is an empty text, or left out.
    if ('expires' in options && options.expires !== '' && !isExpiry(String(options.expires))) {
      throw new TypeError(
        `"${options.expires}" is no time at which a cookie expires, like "Wed, 21 Oct 2099 07:28:00 GMT"`,
      );
    }
    const attributes = [
      ...(options.domain ? [`Domain=${options.domain}`] : []),
      ...(options.path ? [`Path=${options.path}`] : []),
      ...(options.expires ? [`Expires=${options.expires}`] : []),
      ...(options.max_age ? [`Max-Age=${options.max_age}`] : []),
      ...(options.secure ? ['Secure'] : []),
    ];
    const pair = `${name}=${cookieValue(value ?? '')}`;
    this.#jar.store([pair, ...attributes].join('; '), origin, pathname);
    return true;
  }

  clear(url: string): void {
    for (const name of Object.keys(this.cookiesForURL(url))) this.delete(url, name);
  }

  delete(url: string, name: string): void {
    const { origin, pathname } = parseHttpUrl(url);
    this.#jar.delete(origin, pathname, name);
  }
}

/** The form of Go's `time.RFC1123`, which k6 demands. */
const isExpiry = (text: string): boolean =>
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [A-Z]{3,4}$/.test(text) &&
  !Number.isNaN(Date.parse(text));

/** A value as Go sends it: without the characters that it may not have, and in quotes around a space or a comma. */
export function cookieValue(value: unknown): string {
  const clean = String(value).replaceAll(/[^\x20-\x7e]|[";\\]/g, '');
  return /[ ,]/.test(clean) ? `"${clean}"` : clean;
}
