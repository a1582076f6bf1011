import { expect, it } from 'vitest';
import { createCookieJar } from '../http/cookie-jar.ts';
import { loadOptions } from '../testing/script.ts';
import type { CallRequest } from './call-request.ts';
import { requestHeaders, storeCookies } from './request-headers.ts';

const url = { origin: 'http://one', path: '/cart', authorization: undefined };

function headersOf(request: Partial<CallRequest>, { authorization = undefined as never } = {}) {
  const cookies = createCookieJar(() => 0);
  cookies.store('jar=1', 'http://one', '/');
  cookies.store('both=jar', 'http://one', '/');
  const vu = { http: loadOptions().http, cookies };
  return requestHeaders(request as CallRequest, { ...url, authorization }, vu);
}

it("sends the script's headers, the user agent and the cookies of the jar", () => {
  expect(headersOf({ headers: { 'X-Id': '7' } })).toEqual({
    list: ['X-Id', '7', 'user-agent', 'test', 'cookie', 'jar=1; both=jar'],
    authorization: undefined,
  });
});

it('reads the authorization of the headers, or else of the URL', () => {
  const authorization = 'Basic dTpw' as never;
  expect(headersOf({}, { authorization })).toMatchObject({
    list: expect.arrayContaining(['authorization', 'Basic dTpw']),
    authorization: 'Basic dTpw',
  });
  const headers = { AUTHORIZATION: 'Bearer t' };
  expect(headersOf({ headers }, { authorization })).toMatchObject({
    list: expect.not.arrayContaining(['Basic dTpw']),
    authorization: 'Bearer t',
  });
});

it('sends the user agent of the script, and none where that is empty', () => {
  expect(headersOf({ headers: { 'User-Agent': 'own' } }).list.slice(0, 2)).toEqual([
    'User-Agent',
    'own',
  ]);
  expect(headersOf({ headers: { 'user-agent': '' } }).list).toEqual(['cookie', 'jar=1; both=jar']);
});

it('joins the cookies of header, request and jar, without those that the request replaces', () => {
  const { list } = headersOf({
    headers: { Cookie: 'header=1' },
    cookies: { both: 'own' },
    replacedCookies: new Set(['both']),
  });
  expect(list.slice(-2)).toEqual(['cookie', 'header=1; both=own; jar=1']);
});

it('stores every cookie that an answer sets', () => {
  const jar = createCookieJar(() => 0);
  const headers: [string, string][] = [
    ['Set-Cookie', 'a=1'],
    ['x-id', '7'],
    ['set-cookie', 'b=2; Path=/elsewhere'],
  ];
  storeCookies({ header: () => 'a=1', headers: () => headers, request: url } as never, jar);
  expect(jar.headerFor('http://one', '/cart')).toBe('a=1');
  expect(jar.headerFor('http://one', '/elsewhere')).toBe('b=2; a=1');
});
