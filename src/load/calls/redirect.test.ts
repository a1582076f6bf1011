import { expect, it } from 'vitest';
import type { CallRequest } from './call-request.ts';
import { isRedirect, redirectedRequest } from './redirect.ts';

const request: CallRequest = {
  method: 'POST',
  url: 'http://one/cart?step=1',
  headers: {
    Authorization: 'Bearer t',
    Cookie: 'a=1',
    'Content-Type': 'text/plain',
    'Content-Length': '4',
    'X-Id': '7',
  },
  body: 'body',
  timeoutMs: 1_000,
  redirectsMax: 3,
  tags: { name: 'cart' },
  cookies: undefined,
  isExpected: null,
};

const FROM = 'http://one/cart?step=1';

const answer = (status: number, location?: string) => ({
  status,
  header: (name: string) => (name === 'location' ? location : undefined),
  request: { origin: 'http://one', path: '/cart?step=1' } as never,
});

const follow = (status: number, location: string, method = 'POST') =>
  redirectedRequest({ ...request, method }, answer(status, location));

it.each([301, 302, 303, 307, 308])('%i with a location is a redirect', (status) => {
  expect(isRedirect(answer(status, '/next'))).toBe(true);
  expect(isRedirect(answer(status))).toBe(false);
});

it('an empty location redirects to nothing', () => {
  expect(isRedirect(answer(302, ''))).toBe(false);
});

it.each(['http://[', 'mailto:a@b', 'ftp://one/x', 'http://'])(
  '%s is no place to go to',
  (location) => {
    expect(() => follow(302, location)).toThrow(`the location "${location}"`);
  },
);

it.each([200, 300, 304, 404])('%i is none', (status) => {
  expect(isRedirect(answer(status, '/next'))).toBe(false);
});

it('resolves the location against the request, and counts the redirect', () => {
  expect(follow(302, 'next?x=1')).toMatchObject({
    url: 'http://one/next?x=1',
    redirectsMax: 2,
    tags: { name: 'cart' },
  });
});

it('makes a GET without a body of a 302, and keeps the method of HEAD', () => {
  expect(follow(302, '/next')).toMatchObject({ method: 'GET', body: null });
  expect(follow(302, '/next').headers).toEqual({
    Authorization: 'Bearer t',
    Cookie: 'a=1',
    'X-Id': '7',
    referer: FROM,
  });
  expect(follow(303, '/next', 'HEAD').method).toBe('HEAD');
});

it('repeats the request after a 307 or 308', () => {
  expect(follow(307, '/next')).toMatchObject({ method: 'POST', body: 'body' });
  expect(follow(308, '/next').headers).toEqual({ ...request.headers, referer: FROM });
});

it('sends no credentials to another origin', () => {
  expect(follow(307, 'http://two/next').headers).toEqual({
    'Content-Type': 'text/plain',
    'Content-Length': '4',
    'X-Id': '7',
    referer: FROM,
  });
});

it('tells a server without TLS nothing of a page with TLS', () => {
  const { request: from, ...rest } = answer(302, 'http://one/next');
  const secure = { ...rest, request: { ...(from as object), origin: 'https://one' } as never };
  expect(redirectedRequest(request, secure).headers).not.toHaveProperty('referer');
});
