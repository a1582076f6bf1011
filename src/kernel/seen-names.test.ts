import { expect, it } from 'vitest';
import { createSeenNames } from './seen-names.ts';

it('knows every name that it has seen', () => {
  const seen = createSeenNames();
  const names = Array.from({ length: 20_000 }, (_, place) => `hold-${place}`);
  expect(names.filter((name) => seen.add(name)).length).toBeLessThan(3);
  expect(names.every((name) => seen.add(name))).toBe(true);
  expect(names.every((name) => seen.has(name))).toBe(true);
});

it('takes hardly any other name for one of 200,000', () => {
  const seen = createSeenNames();
  expect(seen.has('hold-1')).toBe(false);
  for (let place = 0; place < 200_000; place++) seen.add(`hold-${place}`);
  let mistaken = 0;
  for (let place = 0; place < 20_000; place++) if (seen.has(`order-${place}`)) mistaken++;
  expect(mistaken).toBeLessThan(10);
});
