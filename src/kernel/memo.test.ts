import { expect, it } from 'vitest';
import { memoized } from './memo.ts';

it('derives a value once per object', () => {
  let calls = 0;
  const lengthOf = memoized((text: { value: string }) => {
    calls += 1;
    return text.value.length;
  });
  const [one, equal] = [{ value: 'abc' }, { value: 'abc' }];
  expect([lengthOf(one), lengthOf(one), lengthOf(equal), calls]).toEqual([3, 3, 3, 2]);
});
