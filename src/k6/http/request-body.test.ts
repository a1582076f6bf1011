import { describe, expect, it } from 'vitest';
import { FileData } from './multipart.ts';
import { encodeBody } from './request-body.ts';

describe('encodeBody', () => {
  it.each([null, undefined, ''])('sends no body for %j', (body) => {
    expect(encodeBody(body)).toEqual({ body: null });
  });

  it('sends text and bytes as they are', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    expect(encodeBody('text')).toEqual({ body: 'text' });
    expect(encodeBody(bytes.buffer)).toEqual({ body: bytes });
    expect(encodeBody(bytes.subarray(1, 3))).toEqual({ body: new Uint8Array([2, 3]) });
  });

  it('sends an object as a form, with a file as multipart', () => {
    expect(encodeBody({ b: [1, 2], a: 'x y' })).toEqual({
      body: 'a=x+y&b=1&b=2',
      contentType: 'application/x-www-form-urlencoded',
    });
    const upload = encodeBody({ file: new FileData('hi', 'a.txt', 'text/plain') });
    expect(upload.contentType).toMatch(/^multipart\/form-data; boundary=/);
  });

  it('sends a String object as a form without fields, as k6 does', () => {
    expect(encodeBody(new String('s'))).toEqual({
      body: '',
      contentType: 'application/x-www-form-urlencoded',
    });
  });

  it.each([
    [5, 'not a number'],
    [[1], 'not an array; JSON.stringify() makes a text of it'],
    [new Date(0), 'not a Date'],
    [new Map([['a', 1]]), 'not a Map'],
    [new Set([1]), 'not a Set'],
    [new Number(3), 'not a Number'],
    [new Boolean(true), 'not a Boolean'],
  ])('refuses anything else: %s', (body, expected) => {
    expect(() => encodeBody(body)).toThrow(expected);
  });
});
