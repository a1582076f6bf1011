import { expect, it } from 'vitest';
import { analyticsAgreement } from '../../../src/checkers/checks/analytics-agreement.ts';
import { type Call, refused, said, saleOf, unanswered } from '../story.ts';
import { showEvents } from './evidence.ts';
import { explain } from './search.ts';

const sale = saleOf({ holdTtlMs: 100, sweepGraceMs: 10 });
const key = { idempotencyKey: 'k' };

const found = (...calls: Call[]) => {
  const operations = calls.map((call, index) => ({ ...call, id: index + 1, callId: `${index}` }));
  const explanation = explain(sale, operations);
  return { operations, explanation, isPossible: explanation !== undefined };
};
const isPossible = (...calls: Call[]): boolean => found(...calls).isPossible;
const track = (times: [number, number], status: number, facts: Partial<Call> = key): Call =>
  said('track', 'ann', times, { quantity: 3, status, ...facts });

it('stores the events of a key once, and tells whoever sends them again', () => {
  expect(isPossible(track([0, 9], 202), track([5, 6], 200))).toBe(true);
  expect(isPossible(track([0, 4], 200), track([5, 6], 202))).toBe(false);
  expect(isPossible(track([0, 9], 202), track([5, 6], 202))).toBe(false);
  expect(isPossible(track([0, 9], 202, {}), track([5, 6], 202, {}))).toBe(true);
  expect(isPossible(track([0, 9], 200))).toBe(false);
  const lost = unanswered('track', 'ann', 0, key);
  expect(isPossible(lost, track([5, 6], 200))).toBe(true);
  expect(isPossible(lost, track([5, 6], 202), track([7, 8], 200))).toBe(true);
});

it('may turn a call away whose events are stored', () => {
  const busy = refused('track', 'ann', [5, 6], { ...key, status: 503, code: 'UNAVAILABLE' });
  expect(isPossible(track([0, 1], 202), busy)).toBe(true);
  expect(isPossible(busy, track([7, 8], 200))).toBe(false);
});

it('shows the judge what is stored and counted', () => {
  const { operations, explanation } = found(
    track([0, 1], 202),
    track([2, 3], 200),
    track([4, 5], 202, { sku: sale.skus[0]?.skuId, quantity: 2 }),
  );
  if (explanation === undefined || explanation === 'too large') throw new Error('not explained');
  const evidence = showEvents('answers and ledger', { sale, operations }, explanation, 0);
  const analytics = () => analyticsAgreement.check({ ...evidence }).status;
  expect(analytics()).toBe('valid');
  expect(evidence.ledger?.tracks.map(({ records }) => records)).toEqual([3, 2]);
  Object.assign(evidence.ledger?.tracks[1] ?? {}, { records: 1 });
  expect(analytics()).toBe('invalid');
});
