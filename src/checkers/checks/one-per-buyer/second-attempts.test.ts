import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { onePerBuyer } from '../one-per-buyer.ts';

const judged = (facts: Parameters<typeof saleOf>[0], ...calls: Call[]) =>
  onePerBuyer.check(evidenceOf(saleOf({ total: 9, unitsPerBuyerMax: 5, ...facts }), calls));

describe('a second attempt of one buyer', () => {
  const first = said('attempt', 'ann', [0, 1]);
  const second = said('attempt', 'ann', [5, 6]);

  it('is not accepted by our own server', () => {
    const { status, summary, witness } = judged({}, first, second);
    expect(status).toBe('invalid');
    expect(summary).toBe('2 attempts of buyer ann at SKU-1 were accepted, where one is allowed');
    expect(witness?.operations).toHaveLength(2);
  });

  it('is one of the same buyer at the same SKU', () => {
    expect(judged({}, first, { ...second, buyer: 'bob' }).status).toBe('valid');
    expect(judged({}, first, { ...second, sku: 'SKU-2' }).status).toBe('valid');
  });

  it('is nobody’s where it names no buyer, and of nothing where it names no SKU', () => {
    const without = (facts: Partial<Call>) =>
      judged({}, { ...first, ...facts }, { ...second, ...facts }).status;
    expect(without({ buyer: undefined })).not.toBe('invalid');
    expect(without({ sku: undefined })).not.toBe('invalid');
  });

  it('is shown with ten attempts at the most', () => {
    const many = Array.from({ length: 12 }, (_, place) =>
      said('attempt', 'ann', [place, place + 1]),
    );
    const { summary, witness } = judged({}, ...many);
    expect(summary).toContain('12 attempts of buyer ann');
    expect(witness?.prose.split('\n')).toHaveLength(11);
  });

  it('may have been refused, or may never have arrived', () => {
    expect(judged({}, first, refused('attempt', 'ann', [5, 6])).status).toBe('valid');
    expect(judged({}, first, unanswered('attempt', 'ann', 5)).status).toBe('valid');
  });

  it('is none where it repeats the idempotency key of the first', () => {
    const key = { idempotencyKey: 'k' };
    expect(judged({}, { ...first, ...key }, { ...second, ...key }).status).toBe('valid');
    expect(judged({}, { ...first, ...key }, { ...second, idempotencyKey: 'l' }).status).toBe(
      'invalid',
    );
  });

  it('is accepted by some described shops', () => {
    expect(judged({ shop: 'corner' }, first, second).status).toBe('valid');
  });
});
