import { expect, it } from 'vitest';
import { newId } from './ids.ts';

it('ids are different UUIDs of version 7, in the order of their creation', () => {
  // More ids than one stock of random numbers makes, and than a millisecond has.
  const ids = Array.from({ length: 20_000 }, newId);
  expect(new Set(ids).size).toBe(20_000);
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
