import { describe, expect, it } from 'vitest';
import { packBody, unpackBody } from './content-encoding.ts';

describe('the body of a request', () => {
  it.each(['gzip', 'deflate', 'br', 'gzip, br'])(
    'is packed with %s as servers unpack it',
    (name) => {
      const { body, encoding } = packBody('text', name);
      expect(encoding).toBe(name);
      expect(String(unpackBody(Buffer.from(body), encoding, 100))).toBe('text');
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

  /** "text", packed by the program zstd. */
  const zstd = Buffer.from('KLUv/QRYIQAAdGV4dFKvzIg=', 'base64');

  it.each<[string, Buffer, string, string]>([
    ['packed, in other letters', packed, 'GZIP', 'text'],
    ['packed by zstd', zstd, 'zstd', 'text'],
    ['in an unknown encoding', Buffer.from('text'), 'snappy', 'text'],
    ['in several, of which one is unknown', packed, 'snappy, gzip', 'text'],
    ['empty, which a frame of zstd may be', Buffer.alloc(0), 'zstd', ''],
  ])('%s', (_, body, encoding, expected) => {
    expect(unpackBody(body, encoding, 100).toString()).toBe(expected);
  });

  it.each<[string, Buffer, string]>([
    ['empty', Buffer.alloc(0), 'gzip'],
    ['not in its encoding', Buffer.from('text'), 'gzip'],
    ['cut off', packed.subarray(0, -4), 'gzip'],
    ['cut off within a frame of zstd', zstd.subarray(0, -6), 'zstd'],
    ['longer than it may be', Buffer.from(packBody('x'.repeat(101), 'gzip').body), 'gzip'],
  ])('%s: cannot be read', (_, body, encoding) => {
    expect(() => unpackBody(body, encoding, 100)).toThrow();
  });
});
