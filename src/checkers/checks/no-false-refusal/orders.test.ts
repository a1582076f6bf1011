import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Entry,
  evidenceOf,
  refused,
  said,
  unanswered,
} from '../../../../test/judge/story.ts';
import { bought, check, held, inBooks, sale, shownIn, statusOf } from './testing/refusals.ts';

describe('"the order cannot be cancelled"', () => {
  const told = (times: [number, number]) =>
    refused('cancel', 'ann', times, { order: 'order-a', code: 'ORDER_NOT_CANCELLABLE' });
  const sold: Entry[] = [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
    { kind: 'SOLD', hold: 'a', buyer: 'ann' },
  ];

  it('is false of an order that still stands in the final ledger', () => {
    expect(statusOf(held, bought, told([40, 50]))).toBe('valid');
    expect(inBooks(sold, held, bought, told([40, 50]))).toBe('invalid');
  });

  it('is false of an order that is cancelled later, unless it may have been cancelled before, too', () => {
    const cancelled = said('cancel', 'ann', [60, 70], { order: 'order-a' });
    expect(statusOf(held, bought, cancelled, told([40, 59]))).toBe('invalid');
    expect(statusOf(held, bought, cancelled, told([40, 60]))).toBe('valid');
    const open = unanswered('cancel', 'ann', 35, { order: 'order-a' });
    expect(statusOf(held, bought, open, cancelled, told([40, 59]))).toBe('valid');
    const nameless = said('cancel', 'ann', [32, 38], { hold: 'h9' });
    expect(statusOf(held, bought, nameless, cancelled, told([40, 59]))).toBe('valid');
    const bobs = { ...nameless, buyer: 'bob' };
    expect(statusOf(held, bought, bobs, cancelled, told([40, 59]))).toBe('invalid');
    const later = unanswered('cancel', 'ann', 60, { order: 'order-a' });
    expect(statusOf(held, bought, later, told([40, 59]))).toBe('valid');
  });
});

describe('the witness against a refused cancellation', () => {
  const about = { order: 'order-a' };
  const told = refused('cancel', 'ann', [40, 50], { ...about, code: 'ORDER_NOT_CANCELLABLE' });
  const others = [
    refused('confirm', 'eve', [31, 32], { ...about, hold: 'a', code: 'NOT_FOUND' }),
    unanswered('confirm', 'eve', 34, { ...about, hold: 'a' }),
    unanswered('cancel', 'bob', 33, about),
    said('cancel', 'cid', [60, 70], about),
  ];

  it('has the checkout that made the order, which stands or is not paid yet', () => {
    const books = (status: 'CONFIRMED' | 'PENDING') => {
      const ledger = booksOf(sale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      ]);
      for (const order of ledger.orders) order.status = status;
      return evidenceOf(sale, [held, bought, ...others, told], { ledger });
    };
    expect(shownIn(books('CONFIRMED'))).toEqual(['confirm ann', 'cancel ann']);
    expect(check(books('PENDING')).summary).toContain('order-a is still PENDING');
  });

  it('has the later cancellation besides', () => {
    const later = said('cancel', 'cid', [60, 70], about);
    const evidence = evidenceOf(sale, [held, bought, told, later]);
    expect(shownIn(evidence)).toEqual(['confirm ann', 'cancel ann', 'cancel cid']);
  });
});
