import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCookieJar, parseCookieDate, parseSetCookie } from './cookie-jar.ts';

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

  it('shares cookies with subdomains only when the server says so, and never with strangers', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('own=1', 'http://shop.test', '/');
    jar.store('wide=1; Domain=.shop.test', 'http://shop.test', '/');
    jar.store('stolen=1; Domain=bank.test', 'http://shop.test', '/');
    expect(jar.headerFor('http://m.shop.test', '/')).toBe('wide=1');
    expect(jar.headerFor('http://bank.test', '/')).toBeUndefined();
  });

  it('tells a quoted value without its quotes, and sends it back with them', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a="hello world"', 'http://h', '/');
    expect(jar.cookiesFor('http://h', '/')).toEqual({ a: ['hello world'] });
    expect(jar.headerFor('http://h', '/')).toBe('a="hello world"');
  });

  it('replaces, expires and forgets', () => {
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

  it('keeps secure cookies off plain connections', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('s=1; Secure', 'https://h', '/');
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
    expect(jar.headerFor('https://h', '/')).toBe('s=1');
  });

  it('lets cookies expire while they are kept', () => {
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

  it('believes Max-Age before Expires, and neither when it makes no sense', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60', 'http://h', '/');
    jar.store('b=1; Max-Age=soon; Expires=whenever', 'http://h', '/');
    jar.store('c=1; Max-Age=', 'http://h', '/');
    jar.store('d=1; Max-Age=soon; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://h', '/');
    jar.store('e=1; Max-Age=-1', 'http://h', '/');
    expect(jar.headerFor('http://h', '/')).toBe('a=1; b=1; c=1');
  });

  it('sends longer paths first, and keeps the place of what is set again', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('a=1; Path=/', 'http://h', '/');
    jar.store('b=1; Path=/', 'http://h', '/');
    jar.store('c=1; Path=/shop/cart', 'http://h', '/');
    jar.store('d=1; Path=/shop', 'http://h', '/');
    jar.store('a=2; Path=/', 'http://h', '/');
    expect(jar.headerFor('http://h', '/shop/cart/items')).toBe('c=1; d=1; a=2; b=1');
    expect(jar.headerFor('http://h', '/shopping')).toBe('a=2; b=1');
  });

  it('takes an address for one host, whatever its digits end in', () => {
    const jar = createCookieJar(() => NOW);
    jar.store('wide=1; Domain=0.0.1', 'http://127.0.0.1', '/');
    jar.store('own=1; Domain=127.0.0.1', 'http://127.0.0.1', '/');
    expect(jar.headerFor('http://127.0.0.1', '/')).toBe('own=1');
  });

  it('ignores what is no cookie', () => {
    const jar = createCookieJar(() => NOW);
    for (const header of ['', ';', '=1', ' =1', 'name', 'a=\u0001', 'a=1\r\nx: y']) {
      jar.store(header, 'http://h', '/');
    }
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
  });

  it('keeps no more than 3,000 cookies, the newest', () => {
    const jar = createCookieJar(() => NOW);
    for (let i = 0; i < 3_100; i += 1) jar.store(`c${i}=1`, 'http://h', '/');
    const names = Object.keys(jar.cookiesFor('http://h', '/'));
    expect([names.length, names[0]]).toEqual([3_000, 'c100']);
  });

  it('gives back what any server set, until it expires it, and throws at nothing', () => {
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

  it('sends nothing that could end a header, whatever a server says', () => {
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

describe('the date of a cookie', () => {
  it('is read in every form that servers have written it in', () => {
    const expected = Date.UTC(1994, 10, 6, 8, 49, 37);
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
      '06 november 1994 8:49:37 +0900',
      '1994 6 Nov 08:49:37',
    ]) {
      expect([text, parseCookieDate(text)]).toEqual([text, expected]);
    }
    expect(parseCookieDate('Wed, 01 Jan 69 00:00:00 GMT')).toBe(Date.UTC(2069, 0, 1));
  });

  it('is none when a part is missing or impossible', () => {
    for (const text of [
      '',
      '2020',
      'Sun, 06 Nov 1994',
      '31 Feb 2020 00:00:00',
      '01 Jan 1600 00:00:00',
      '01 Jan 2020 24:00:00',
      '00 Jan 2020 00:00:00',
    ]) {
      expect([text, parseCookieDate(text)]).toEqual([text, undefined]);
    }
  });

  it('is the moment it was written for, for every moment', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (date) => {
          expect(parseCookieDate(date.toUTCString())).toBe(
            Math.floor(date.getTime() / 1_000) * 1_000,
          );
        },
      ),
    );
  });
});
