import { expect, it } from 'vitest';
import { nearestWord } from './nearest-word.ts';

it.each([
  ['CONFIRMD', 'CONFIRMED'],
  ['canceled', 'CANCELLED'],
  ['CNOFIRMED', 'CONFIRMED'],
])('takes %s for %s', (typed, meant) => {
  expect(nearestWord(typed, ['PENDING', 'CONFIRMED', 'CANCELLED'])).toBe(meant);
});

it('takes two letters in the wrong order for one mistake', () => {
  expect(nearestWord('rsuh', ['rush', 'smoke'])).toBe('rush');
  expect(nearestWord('hsur', ['rush', 'smoke'])).toBeUndefined();
});

it('takes a word that is far from all for none of them', () => {
  expect(nearestWord('paid', ['PENDING', 'CONFIRMED', 'CANCELLED'])).toBeUndefined();
});
