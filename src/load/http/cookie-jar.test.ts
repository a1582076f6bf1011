import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCookieJar } from './cookie-jar.ts';
import { parseSetCookie } from './set-cookie.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('cookie jar', () => {
  it('sends cookies back where they came from, by host and path', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a=1', 'http://shop.test', '/cart/add');
    jar.store('b=2; Path=/', 'http://shop.test', '/cart/add');
    expect(jar.headerFor('http://shop.test', '/cart/list')).toBe('a=1; b=2');
    expect(jar.headerFor('http://shop.test', '/')).toBe('b=2');
    expect(jar.headerFor('http://other.test', '/')).toBeUndefined();
  });

  it('shares cookies with subdomains only when the server asks for it, and never with other hosts', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('own=1', 'http://shop.test', '/');
    jar.store('wide=1; Domain=.shop.test', 'http://shop.test', '/');
    jar.store('stolen=1; Domain=bank.test', 'http://shop.test', '/');
    expect(jar.headerFor('http://m.shop.test', '/')).toBe('wide=1');
    expect(jar.headerFor('http://bank.test', '/')).toBeUndefined();
  });

  it('gives scripts a quoted value without its quotes, and sends it back with them', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a="hello world"', 'http://h', '/');
    expect(jar.cookiesFor('http://h', '/')).toEqual({ a: ['hello world'] });
    expect(jar.headerFor('http://h', '/')).toBe('a="hello world"');
  });

  it('replaces, expires and clears cookies', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a=1; Path=/', 'http://h', '/');
    jar.store('a=2; Path=/', 'http://h', '/');
    expect(jar.cookiesFor('http://h', '/')).toEqual({ a: ['2'] });
    jar.store('a=; Path=/; Max-Age=0', 'http://h', '/');
    jar.store('b=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://h', '/');
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
    jar.store('c=3', 'http://h', '/');
    jar.clear();
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
  });

  it.each(['http://127.0.0.1', 'http://localhost', 'http://shop.localhost', 'http://[::1]'])(
    'sends secure cookies to %s, which crosses no network',
    (origin) => {
      const jar = createCookieJar(() => 0);
      jar.store('s=1; Secure', origin, '/');
      expect(jar.headerFor(origin, '/')).toBe('s=1');
    },
  );

  it('sends secure cookies over TLS only', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('s=1; Secure', 'https://h', '/');
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
    expect(jar.headerFor('https://h', '/')).toBe('s=1');
  });

  it('stops sending a cookie that expires while it is stored', () => {
    let now = NOW;
    const jar = createCookieJar(() => now);
    jar.store('short=1; Max-Age=5', 'http://h', '/');
    jar.store('long=1; Expires=Thu, 01 Jan 2026 00:01:00 GMT', 'http://h', '/');
    jar.store('session=1', 'http://h', '/');
    now += 5_000;
    expect(jar.headerFor('http://h', '/')).toBe('long=1; session=1');
    now += 60_000;
    expect(jar.headerFor('http://h', '/')).toBe('session=1');
  });

  it('prefers Max-Age to Expires, and ignores either when it is unreadable', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60', 'http://h', '/');
    jar.store('b=1; Max-Age=soon; Expires=whenever', 'http://h', '/');
    jar.store('c=1; Max-Age=', 'http://h', '/');
    jar.store('d=1; Max-Age=soon; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://h', '/');
    jar.store('e=1; Max-Age=-1', 'http://h', '/');
    expect(jar.headerFor('http://h', '/')).toBe('a=1; b=1; c=1');
  });

  it('sends longer paths first, and keeps the position of a cookie that is set again', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a=1; Path=/', 'http://h', '/');
    jar.store('b=1; Path=/', 'http://h', '/');
    jar.store('c=1; Path=/shop/cart', 'http://h', '/');
    jar.store('d=1; Path=/shop', 'http://h', '/');
    jar.store('a=2; Path=/', 'http://h', '/');
    expect(jar.headerFor('http://h', '/shop/cart/items')).toBe('c=1; d=1; a=2; b=1');
    expect(jar.headerFor('http://h', '/shopping')).toBe('a=2; b=1');
  });

  it('treats an IP address as one host, although its digits may end like another', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('wide=1; Domain=0.0.1', 'http://127.0.0.1', '/');
    jar.store('own=1; Domain=127.0.0.1', 'http://127.0.0.1', '/');
    expect(jar.headerFor('http://127.0.0.1', '/')).toBe('own=1');
  });

  it('ignores headers that set no cookie', () => {
    const jar = createCookieJar(() => NOW);
    for (const header of ['', ';', '=1', ' =1', 'name', 'a=\u0001', 'a=1\r\nx: y']) {
      jar.store(header, 'http://h', '/');
    }
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
  });

  it('keeps the newest 3,000 cookies', () => {
    const jar = createCookieJar(() => NOW);
    for (let i = 0; i < 3_100; i += 1) jar.store(`c${i}=1`, 'http://h', '/');
    const names = Object.keys(jar.cookiesFor('http://h', '/'));
    expect([names.length, names[0]]).toEqual([3_000, 'c100']);
  });

  it('sends back any cookie until the server expires it, and throws for no header', () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
    const value = fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,40}$/);
    const name = fc.oneof(token, fc.constantFrom('__proto__', 'constructor', 'toString', 'length'));
    fc.assert(
      fc.property(name, value, fc.string(), (cookieName, cookieValue, noise) => {
        const jar = createCookieJar(() => NOW);
        jar.store(noise, 'http://shop.test', '/a/b');
        jar.clear();
        jar.store(`${cookieName}=${cookieValue}; Path=/; HttpOnly`, 'http://shop.test', '/a/b');
        expect(jar.headerFor('http://shop.test', '/any')).toBe(`${cookieName}=${cookieValue}`);
        expect(Object.entries(jar.cookiesFor('http://shop.test', '/'))).toEqual([
          [cookieName, [cookieValue]],
        ]);
        jar.store(`${cookieName}=; Path=/; Max-Age=0`, 'http://shop.test', '/');
        expect(jar.headerFor('http://shop.test', '/any')).toBeUndefined();
      }),
    );
  });

  it('sends nothing that could end a header, for any header of a server', () => {
    const attribute = fc.constantFrom('Path', 'Domain', 'Max-Age', 'Expires', 'Secure', '', 'path');
    const part = fc.tuple(attribute, fc.string({ unit: 'binary-ascii' })).map((it) => it.join('='));
    const header = fc.oneof(
      fc.array(part).map((parts) => ['a=1', ...parts].join(';')),
      fc.string({ unit: 'binary-ascii' }),
    );
    fc.assert(
      fc.property(header, fc.constantFrom('/', '/a/b', '/?q'), (setCookie, path) => {
        const jar = createCookieJar(() => NOW);
        jar.store(setCookie, 'http://shop.test', path);
        expect(jar.headerFor('http://shop.test', path) ?? '').toMatch(/^[^\r\n\0]*$/);
        expect(parseSetCookie(setCookie)?.name ?? 'a').not.toBe('');
      }),
    );
  });
});
