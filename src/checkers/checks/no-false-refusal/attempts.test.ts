import { describe, expect, it } from 'vitest';
import { attemptSale, inAttempts } from '../../../../test/judge/attempt-story.ts';
import { type Call, evidenceOf, refused, said, unanswered } from '../../../../test/judge/story.ts';
import { check, held, statusOf } from './testing/refusals.ts';

describe('"you have attempted already"', () => {
  const told = (buyer: string, times: [number, number]) =>
    refused('attempt', buyer, times, { code: 'ALREADY_ATTEMPTED' });

  it('is true once another attempt of the buyer may have been accepted', () => {
    const attempt = said('attempt', 'ann', [20, 30]);
    expect(statusOf(attempt, told('ann', [10, 20]))).toBe('valid');
    expect(statusOf(attempt, told('ann', [10, 19]))).toBe('invalid');
    expect(statusOf(attempt, told('bob', [40, 50]))).toBe('invalid');
    expect(statusOf(unanswered('attempt', 'ann', 0), told('ann', [40, 50]))).toBe('valid');
  });

  it('is false of a buyer of whom the ledger has no attempt', () => {
    const { ledger, operations } = inAttempts();
    const judged = (buyer: string, times: [number, number]) =>
      check(evidenceOf(attemptSale, [...operations, told(buyer, times)], { ledger })).status;
    expect(judged('ann', [60, 70])).toBe('valid');
    expect(judged('dan', [60, 70])).toBe('invalid');
    expect(judged('cid', [0, 1])).toBe('invalid');
  });
});

it('takes only attempts for attempts, and knows nothing of calls without buyer or SKU', () => {
  const told = (facts: Partial<Call> = {}) =>
    refused('attempt', 'ann', [40, 50], { code: 'ALREADY_ATTEMPTED', ...facts });
  expect(statusOf(held, told())).toBe('invalid');
  expect(statusOf(held, told({ buyer: undefined }))).toBe('valid');
  expect(statusOf(held, told({ sku: undefined }))).toBe('valid');
});

it('believes the ledger, and not a call without an answer', () => {
  const { ledger, operations } = inAttempts();
  const lost = unanswered('attempt', 'dan', 0);
  const told = refused('attempt', 'dan', [60, 70], { code: 'ALREADY_ATTEMPTED' });
  const evidence = evidenceOf(attemptSale, [...operations, lost, told], { ledger });
  expect(check(evidence).summary).toContain('the final ledger has no attempt of this buyer');
});
