import { describe, expect, it } from 'vitest';
import { createCookieJar } from './cookie-jar.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('cookie jar', () => {
  it('sends cookies back where they came from, by host and path', () => {
    const jar = createCookieJar();
    jar.store('a=1', 'http://shop.test', '/cart/add', NOW);
    jar.store('b=2; Path=/', 'http://shop.test', '/cart/add', NOW);
    expect(jar.headerFor('http://shop.test', '/cart/list')).toBe('a=1; b=2');
    expect(jar.headerFor('http://shop.test', '/')).toBe('b=2');
    expect(jar.headerFor('http://other.test', '/')).toBeUndefined();
  });

  it('shares cookies with subdomains only when the server says so, and never with strangers', () => {
    const jar = createCookieJar();
    jar.store('own=1', 'http://shop.test', '/', NOW);
    jar.store('wide=1; Domain=.shop.test', 'http://shop.test', '/', NOW);
    jar.store('stolen=1; Domain=bank.test', 'http://shop.test', '/', NOW);
    expect(jar.headerFor('http://m.shop.test', '/')).toBe('wide=1');
    expect(jar.headerFor('http://bank.test', '/')).toBeUndefined();
  });

  it('replaces, expires and forgets', () => {
    const jar = createCookieJar();
    jar.store('a=1; Path=/', 'http://h', '/', NOW);
    jar.store('a=2; Path=/', 'http://h', '/', NOW);
    expect(jar.cookiesFor('http://h', '/')).toEqual({ a: ['2'] });
    jar.store('a=; Path=/; Max-Age=0', 'http://h', '/', NOW);
    jar.store('b=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://h', '/', NOW);
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
    jar.set('http://h', 'c', '3');
    jar.clear();
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
  });

  it('keeps secure cookies off plain connections', () => {
    const jar = createCookieJar();
    jar.store('s=1; Secure', 'https://h', '/', NOW);
    expect(jar.headerFor('http://h', '/')).toBeUndefined();
    expect(jar.headerFor('https://h', '/')).toBe('s=1');
  });
});
