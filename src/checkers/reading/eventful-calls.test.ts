import { expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf, unanswered } from '../../../test/judge/story.ts';
import { eventfulCalls } from './eventful-calls.ts';

it('leaves out reads of the stock, and refusals of anything but a checkout', () => {
  const counts = { observed: { available: 1, reserved: 0, sold: 0 } };
  const { operations } = evidenceOf(saleOf({ total: 1 }), [
    said('reserve', 'ann', [0, 1], { hold: 'a' }),
    refused('reserve', 'ben', [2, 3]),
    said('read', 'ben', [4, 5], counts),
    refused('confirm', 'ann', [6, 7], { hold: 'a' }),
    unanswered('release', 'ann', 8, { hold: 'a' }),
    refused('release', 'ann', [10, 11], { hold: 'a' }),
    said('read', 'ann', [12, 13], { observed: { decision: 'FAILED' } }),
  ]);
  expect(eventfulCalls(operations).map(({ id }) => id)).toEqual([1, 4, 5, 7]);
});
