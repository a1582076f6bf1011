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

  set(url: string, name: string, value: string, options: CookieOptions = {}): boolean {
    const { origin, pathname } = parseHttpUrl(url);
    const attributes = [
      ...(options.domain ? [`Domain=${options.domain}`] : []),
      ...(options.path ? [`Path=${options.path}`] : []),
      ...(options.expires ? [`Expires=${options.expires}`] : []),
      ...(options.max_age ? [`Max-Age=${options.max_age}`] : []),
      ...(options.secure ? ['Secure'] : []),
    ];
    this.#jar.store([`${name}=${value}`, ...attributes].join('; '), origin, pathname);
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
