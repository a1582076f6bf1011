import { describe, expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf, unanswered } from '../../test/judge/story.ts';
import { describeCall, timeOfDay, witnessOperations } from './prose.ts';

const sale = saleOf();
const described = (call: ReturnType<typeof said>): string => {
  const [operation] = evidenceOf(sale, [call]).operations;
  return operation === undefined ? '' : describeCall(operation, sale);
};

describe('the description of a call', () => {
  it('names buyer, object, times, answer, request and instance', () => {
    const call = said('reserve', 'ann', [400, 412], { requestId: 'r1', instance: 'http://one' });
    expect(described(call)).toBe(
      'Buyer ann asked for 1 unit of SKU-1 at 12:00:00.400 UTC and was told yes at 12:00:00.412 UTC (request r1, http://one)',
    );
  });

  it('gives the reason of a refusal, or of a missing answer', () => {
    expect(described(refused('release', 'ann', [1, 2], { hold: 'a', code: undefined }))).toBe(
      'Buyer ann gave back reservation a at 12:00:00.001 UTC and was told no (status 400) at 12:00:00.002 UTC',
    );
    expect(described(unanswered('redeem', 'ann', 1, { voucher: 'CODE' }))).toBe(
      'Buyer ann used voucher CODE at 12:00:00.001 UTC and never got a definite answer (ECONNRESET)',
    );
    const silent = { ...unanswered('cancel', 'ann', 1, { order: 'o' }), code: undefined };
    expect(described(silent)).toBe(
      'Buyer ann cancelled order o at 12:00:00.001 UTC and never got a definite answer',
    );
  });

  it('names units where no reservation was asked about, and leaves out names that are not known', () => {
    const answer = 'and was told yes at 12:00:00.002 UTC';
    expect(described(said('reserve', 'ann', [1, 2], { hold: 'a', quantity: 2 }))).toBe(
      `Buyer ann asked for 2 units of SKU-1 at 12:00:00.001 UTC ${answer}`,
    );
    const nameless = { buyer: undefined, sku: undefined };
    expect(described(said('confirm', '', [1, 2], nameless))).toBe(
      `A buyer without a name checked out 1 unit at 12:00:00.001 UTC ${answer}`,
    );
  });

  it('names the SKU that the analytics were told of, if it is known', () => {
    const answer = 'at 12:00:00.001 UTC and was told yes at 12:00:00.002 UTC';
    expect(described(said('track', 'ann', [1, 2], { quantity: 2 }))).toBe(
      `Buyer ann told the analytics of 2 events about SKU-1 ${answer}`,
    );
    expect(described(said('track', 'ann', [1, 2], { sku: undefined }))).toBe(
      `Buyer ann told the analytics of 1 event ${answer}`,
    );
  });

  it('gives the decision over an attempt, and its reason', () => {
    const told = (facts: Partial<ReturnType<typeof said>>) =>
      described(said('read', 'ann', [1, 2], { observed: { decision: 'FAILED' }, ...facts }));
    const answer = 'at 12:00:00.001 UTC and was told FAILED';
    expect(told({})).toBe(
      `Buyer ann looked at their attempt for SKU-1 ${answer} at 12:00:00.002 UTC`,
    );
    expect(told({ sku: undefined, code: 'LATE' })).toBe(
      `Buyer ann looked at their attempt ${answer} (LATE) at 12:00:00.002 UTC`,
    );
  });
});

it('has no time of day for the end of a call without an answer', () => {
  expect(timeOfDay(Number.POSITIVE_INFINITY, sale)).toBe('no time');
});

it('counts the time of day from the start of the clock of the history', () => {
  expect(timeOfDay(7e6, saleOf({ startedAtNs: 5e6 }))).toBe('12:00:00.002 UTC');
});

it('keeps at most ten operations of a witness, each once and in their order', () => {
  const calls = Array.from({ length: 12 }, (_, place) => said('reserve', 'ann', [place, 20]));
  const { operations } = evidenceOf(sale, calls);
  const [first, second] = operations;
  const ids = witnessOperations([second, first, second].flatMap((call) => call ?? []));
  expect(ids.map(({ id }) => id)).toEqual([1, 2]);
  expect(witnessOperations(operations)).toHaveLength(10);
});
