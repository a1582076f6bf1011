import { expect, it } from 'vitest';
import { numberIn } from './source.ts';

it.each([
  ['0.25', { value: 0.25 }],
  ['9007199254740993', { value: 9007199254740992 }],
  ['1e-05', { value: 0.00001 }],
  ['NaN', { reason: 'its value is NaN' }],
  ['+Inf', { reason: 'its value is +Inf' }],
])('reads %s', (text, answer) => {
  expect(numberIn(text)).toEqual(answer);
});
