import { describe, expect, it } from 'vitest';
import { packBody, unpackBody } from './content-encoding.ts';

describe('the body of a request', () => {
  it.each(['gzip', 'deflate', 'br', 'gzip, br'])(
    'is packed with %s as servers unpack it',
    (name) => {
      const { body, encoding } = packBody('text', name);
      expect(encoding).toBe(name);
      expect(String(unpackBody(Buffer.from(body), encoding))).toBe('text');
    },
  );

  it('is not packed with an unknown algorithm', () => {
    expect(() => packBody('text', 'gzip, zstd')).toThrow(
      '"zstd" is not a compression of request bodies (there are: gzip, deflate, br)',
    );
  });
});

describe('the body of an answer', () => {
  const packed = Buffer.from(packBody('text', 'gzip').body);

  it.each<[string, Buffer, string, string | null | undefined]>([
    ['packed, in other letters', packed, 'GZIP', 'text'],
    ['in an unknown encoding', packed, 'zstd', undefined],
    ['empty', Buffer.alloc(0), 'gzip', undefined],
    ['not in its encoding', Buffer.from('text'), 'gzip', null],
  ])('%s', (_, body, encoding, expected) => {
    expect(unpackBody(body, encoding)?.toString() ?? unpackBody(body, encoding)).toBe(expected);
  });
});
