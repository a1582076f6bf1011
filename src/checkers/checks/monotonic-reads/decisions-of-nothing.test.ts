import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { monotonicReads } from '../monotonic-reads.ts';

const statusOf = (facts: Parameters<typeof saleOf>[0], ...calls: Call[]): string =>
  monotonicReads.check(evidenceOf(saleOf(facts), calls)).status;

describe('a decision over an attempt', () => {
  const told = (decision: string, times: [number, number] = [20, 30]): Call =>
    said('read', 'ann', times, { observed: { decision } });

  it.each(['SUCCESS', 'FAILED'])('%s is false where the buyer made none', (decision) => {
    expect(statusOf({}, told(decision))).toBe('invalid');
    const others = [
      said('attempt', 'bob', [0, 1]),
      said('attempt', 'ann', [0, 1], { sku: 'SKU-2' }),
    ];
    expect(statusOf({}, ...others, told(decision))).toBe('invalid');
    expect(statusOf({}, said('attempt', 'ann', [0, 1]), told(decision))).toBe('valid');
  });

  it('is false where the attempt was refused, or came later', () => {
    expect(statusOf({}, refused('attempt', 'ann', [0, 1]), told('SUCCESS'))).toBe('invalid');
    expect(statusOf({}, said('attempt', 'ann', [31, 40]), told('SUCCESS'))).toBe('invalid');
    expect(statusOf({}, said('attempt', 'ann', [30, 40]), told('SUCCESS'))).toBe('valid');
  });

  it('is about the first of several attempts, whatever came later', () => {
    const [early, late] = [said('attempt', 'ann', [0, 1]), said('attempt', 'ann', [40, 50])];
    expect(statusOf({}, early, told('SUCCESS'), late)).toBe('valid');
  });

  it('says nothing where nobody knows who was told', () => {
    expect(statusOf({}, { ...told('SUCCESS'), buyer: undefined })).toBe('valid');
  });

  it('is possible where an attempt got no answer', () => {
    expect(statusOf({}, unanswered('attempt', 'ann', 0), told('SUCCESS'))).toBe('valid');
  });

  it('that is none yet says nothing', () => {
    expect(statusOf({}, told('PENDING'))).toBe('valid');
  });

  it('may be about one that nobody recorded in a described shop, or of an earlier sale', () => {
    expect(statusOf({ shop: 'corner' }, told('SUCCESS'))).toBe('valid');
    const skus = [{ skuId: 'SKU-1', total: 1, wasOnSale: true }];
    expect(statusOf({ skus }, told('SUCCESS'))).toBe('valid');
  });

  it('is shown with the buyer who made none', () => {
    const { summary, witness } = monotonicReads.check(evidenceOf(saleOf(), [told('FAILED')]));
    expect(summary).toBe('a buyer was told FAILED of an attempt that was not made');
    expect(witness?.prose).toContain(
      'No attempt of buyer ann at SKU-1 can have been accepted by then',
    );
    expect(witness?.operations).toHaveLength(1);
  });
});
