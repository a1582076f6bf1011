import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cookieText, expiryOf, parseCookieDate, parseSetCookie } from './set-cookie.ts';

describe('a Set-Cookie header', () => {
  it('is split into name, value and attributes in lower case', () => {
    const parsed = parseSetCookie(' id = a=b ; Path=/cart; SECURE; Max-Age = 5; path=/last');
    expect(parsed?.name).toBe('id');
    expect(parsed?.value).toBe('a=b');
    expect([...(parsed?.attributes ?? [])]).toEqual([
      ['path', '/last'],
      ['secure', ''],
      ['max-age', '5'],
    ]);
  });

  it('sets no cookie without a name or with a control character', () => {
    for (const header of ['', 'name', '=1', 'a=\u0000', 'a=1; b=\u001f', 'a=\u007f', 'a=1\n']) {
      expect([header, parseSetCookie(header)]).toEqual([header, undefined]);
    }
    expect(parseSetCookie('a=\t1\u0085')?.name).toBe('a');
  });

  it('has a value that scripts see without quotes around it', () => {
    expect(['"a b"', '"', 'a"b"', '""'].map(cookieText)).toEqual(['a b', '"', 'a"b"', '']);
  });

  it('expires by Max-Age first, then by Expires, and else never', () => {
    const expiry = (...attributes: [string, string][]) => expiryOf(new Map(attributes), 1_000);
    const epoch: [string, string] = ['expires', 'Thu, 01 Jan 1970 00:00:07 GMT'];
    expect(expiry(['max-age', '5'], epoch)).toBe(6_000);
    expect(expiry(['max-age', '0'], epoch)).toBe(Number.NEGATIVE_INFINITY);
    expect(expiry(['max-age', 'soon'], epoch)).toBe(7_000);
    expect(expiry()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the date of a cookie', () => {
  it('is read in every form that servers write', () => {
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

  it('is refused when a part is missing or impossible', () => {
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

  it('is read as the moment that it was written for', () => {
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
