import { describe, expect, it } from 'vitest';
import {
  attemptBooks,
  attemptOf,
  attemptSale,
  inAttempts,
} from '../../../../test/judge/attempt-story.ts';
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

it('looks at the rows of the buyer’s other attempts, however they are named', () => {
  const told = (times: [number, number]) =>
    refused('attempt', 'ann', times, { code: 'ALREADY_ATTEMPTED', callId: 'try-x' });
  const judged = (callId: string | null, times: [number, number], ...calls: Call[]) => {
    const ledger = { ...attemptBooks(), attempts: [{ ...attemptOf('a', 'ann'), callId }] };
    return check(evidenceOf(attemptSale, [...calls, told(times)], { ledger })).status;
  };
  const late = said('attempt', 'ann', [80, 90], { callId: 'try-a' });
  expect(judged('try-a', [60, 79], late)).toBe('invalid');
  expect(judged('try-a', [60, 80], late)).toBe('valid');
  expect(judged(null, [60, 70], late)).toBe('valid');
  expect(judged('try-y', [60, 70], late)).toBe('valid');
  expect(judged('try-x', [60, 70])).toBe('invalid');
  const declined = refused('attempt', 'ann', [0, 10], { code: 'OUT_OF_STOCK', callId: 'try-a' });
  expect(judged('try-x', [60, 70], declined)).toBe('invalid');
  // The row shows that the refused attempt was accepted all the same.
  expect(judged('try-a', [60, 70], declined)).toBe('valid');
  const declinedAt = (atMs: number) => ({
    ...declined,
    invokedAtNs: atMs * 1e6,
    completedAtNs: 1e9,
  });
  expect(judged('try-a', [60, 70], declinedAt(70))).toBe('valid');
  expect(judged('try-a', [60, 70], declinedAt(71))).toBe('invalid');
});

it('is false of an attempt that was accepted, declined later, and the only one of its buyer', () => {
  const declined = said('read', 'ann', [40, 50], {
    observed: { decision: 'FAILED' },
    code: 'ALREADY_ATTEMPTED',
  });
  const attempt = said('attempt', 'ann', [0, 10], { callId: 'try-a' });
  const again = said('attempt', 'ann', [20, 30], { callId: 'try-b' });
  expect(statusOf(attempt, declined)).toBe('invalid');
  expect(statusOf(attempt, again, declined)).toBe('valid');
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
