import { expect, it } from 'vitest';
import { rememberLastOfLength } from './last-of-length.ts';

it('computes a text anew only after another one of its length', () => {
  const computed: string[] = [];
  const upper = rememberLastOfLength(4, (text) => {
    if (text === 'wrong') throw new Error(text);
    computed.push(text);
    return text.toUpperCase();
  });
  const texts = ['ab', '', 'abc', 'ab', '', 'abc', 'cd', 'cd', 'ab', 'abcdef', 'ab'];
  expect(texts.map(upper)).toEqual(texts.map((text) => text.toUpperCase()));
  expect(computed).toEqual(['ab', '', 'abc', 'cd', 'ab', 'abcdef', 'ab']);
  for (const text of ['wrong', 'wrong']) expect(() => upper(text)).toThrow('wrong');
  expect(upper('a')).toBe('A');
});
