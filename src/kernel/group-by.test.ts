import { expect, it } from 'vitest';
import { groupBy } from './group-by.ts';

it('groups items by key in their order, and leaves out items without a key', () => {
  const groups = groupBy(['bb', 'a', '', 'cc', 'd'], (text) => text.length || undefined);
  expect([...groups]).toEqual([
    [2, ['bb', 'cc']],
    [1, ['a', 'd']],
  ]);
});
