import { expect, test } from 'vitest';
import { createGenerationalCache } from './generational-cache.ts';

test('an entry is kept until two generations have passed', () => {
  const cache = createGenerationalCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('c', 3);
  expect(cache.get('b')).toBe(2);
  cache.set('d', 4);
  cache.set('e', 5);
  expect(cache.get('a')).toBeUndefined();
  expect(cache.get('e')).toBe(5);
});

test('long keys end a generation before it has its number of keys', () => {
  const cache = createGenerationalCache<string>(10, 100);
  const long = (name: string) => name.repeat(60);
  cache.set('short', 'kept');
  cache.set(long('a'), 'kept');
  cache.set(long('b'), 'kept');
  expect(cache.get(long('a'))).toBe('kept');
  for (const name of ['c', 'd', 'e']) cache.set(long(name), 'kept');
  expect([cache.get('short'), cache.get(long('a')), cache.get(long('b'))]).toEqual(
    Array(3).fill(undefined),
  );
  expect(cache.get(long('e'))).toBe('kept');
});

test('an entry that is read stays, while any number of new ones pass through', () => {
  const cache = createGenerationalCache<string>(10);
  cache.set('regular', 'here');
  for (let stranger = 0; stranger < 1000; stranger++) {
    cache.set(`stranger ${stranger}`, 'passing');
    expect(cache.get('regular')).toBe('here');
  }
});
