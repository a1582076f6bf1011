import { expect, it } from 'vitest';
import { createCallIds } from './call-ids.ts';

it('makes ids in the shape of a UUID of version 8: the digits of the run, then a counter', () => {
  const nextId = createCallIds('0123456789abcdef0123');
  expect(nextId()).toBe('01234567-89ab-8cde-af01-000000000001');
  for (let made = 1; made < 25; made += 1) nextId();
  expect(nextId()).toBe('01234567-89ab-8cde-af01-00000000001a');
  for (let made = 26; made < 0x1ffe; made += 1) nextId();
  expect(nextId()).toBe('01234567-89ab-8cde-af01-000000001fff');
  expect(nextId()).toBe('01234567-89ab-8cde-af01-000000002000');
});
