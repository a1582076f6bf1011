import { describe, expect, it } from 'vitest';
import { groupHeaders, joinHeaders, setCookiesOf } from './response-headers.ts';

describe('headers of a response', () => {
  it('have canonical names, and repeated ones are joined', () => {
    const headers = [
      ['content-type', 'text/html'],
      ['X-MANY', 'one'],
      ['x-many', 'two'],
    ] as const;
    expect(joinHeaders(headers)).toEqual({ 'Content-Type': 'text/html', 'X-Many': 'one, two' });
  });

  it('of the request are grouped by name', () => {
    expect(groupHeaders(['a-b', '1', 'Host', 'shop', 'A-B', '2'])).toEqual({
      'A-B': ['1', '2'],
      Host: ['shop'],
    });
  });

  it('set cookies, with all their attributes', () => {
    const cookies = setCookiesOf([
      ['Set-Cookie', 'id=7; Domain=shop.test; Path=/a; Max-Age=60; Secure; HttpOnly'],
      ['set-cookie', 'id=8; Expires=Thu, 01 Jan 1970 00:00:02 GMT'],
      ['X-Other', 'id=9'],
      ['set-cookie', '=; nothing'],
    ]);
    const plain = { domain: '', path: '', http_only: false, secure: false, max_age: 0, expires: 0 };
    expect(cookies.id).toEqual([
      {
        ...{ name: 'id', value: '7', domain: 'shop.test', path: '/a', http_only: true },
        ...{ secure: true, max_age: 60, expires: 0 },
      },
      { ...plain, name: 'id', value: '8', expires: 2_000 },
    ]);
  });
});
