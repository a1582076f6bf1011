import { expect, it } from 'vitest';
import { memoized, rememberTwo } from './memo.ts';

it('derives a value once per object', () => {
  let calls = 0;
  const lengthOf = memoized((text: { value: string }) => {
    calls += 1;
    return text.value.length;
  });
  const [one, equal] = [{ value: 'abc' }, { value: 'abc' }];
  expect([lengthOf(one), lengthOf(one), lengthOf(equal), calls]).toEqual([3, 3, 3, 2]);
});

it('remembers two values in turn, and derives the one before them again', () => {
  const derived: string[] = [];
  const upper = rememberTwo((text: string) => {
    derived.push(text);
    return text.toUpperCase();
  });
  expect(['a', 'b', 'a', 'b', 'c', 'b', 'a'].map(upper)).toEqual([...'ABABCBA']);
  expect(derived).toEqual(['a', 'b', 'c', 'a']);
});
