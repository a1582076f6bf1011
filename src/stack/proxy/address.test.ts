import { expect, it } from 'vitest';
import { parseAddress, writeAddress } from './address.ts';

it.each([
  ['127.0.0.1:5432', { host: '127.0.0.1', port: 5432 }],
  ['my-redis.local:6379', { host: 'my-redis.local', port: 6379 }],
  ['[::1]:0', { host: '::1', port: 0 }],
])('reads and writes %s', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  expect(writeAddress(address)).toBe(text);
});

it.each(['5432', 'localhost', 'localhost:', '::1:5432', 'localhost:65536', 'http://localhost:80'])(
  'takes %s for no address',
  (text) => {
    expect(() => parseAddress(text)).toThrow(`${text} is no address`);
  },
);
