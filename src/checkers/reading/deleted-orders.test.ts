import { describe, expect, it } from 'vitest';
import { type Call, refused, said, unanswered } from '../../../test/judge/story.ts';
import type { Operation } from '../../history/operation.ts';
import type { LedgerOrder } from '../../protocol/ledger.ts';
import { createDeletionTest } from './deleted-orders.ts';

/** The certainty that the order of Ann's purchase is gone after these cancellations. */
const afterwards = (
  cancels: Call[],
  bought: Partial<Call> = { order: 'o', hold: 'h' },
  books: LedgerOrder['status'][] = ['CONFIRMED'],
) => {
  const operations = [said('buy', 'ann', [0, 10], bought), ...cancels] as Operation[];
  const test = createDeletionTest(
    operations,
    books.map((status) => ({ status })),
  );
  return test(operations[0] as Operation);
};
const cancel = (facts: Partial<Call>, buyer = 'ann') => said('cancel', buyer, [20, 30], facts);
const lost = (facts: Partial<Call>, buyer = 'ann') => unanswered('cancel', buyer, 20, facts);

describe('an order that the books may have deleted', () => {
  it('is surely gone when a cancellation of it, or of its hold, was answered yes', () => {
    expect(afterwards([cancel({ order: 'o' })])).toBe('surely');
    expect(afterwards([cancel({ hold: 'h' })])).toBe('surely');
    expect(afterwards([cancel({ hold: 'n' })], { hold: 'h', newHold: 'n' })).toBe('surely');
    expect(afterwards([lost({ order: 'o' }), cancel({ order: 'o' })])).toBe('surely');
    expect(afterwards([cancel({ order: 'x', hold: 'y' })])).toBe('no');
    expect(afterwards([])).toBe('no');
  });

  it('is never gone where the books keep what was cancelled', () => {
    expect(afterwards([cancel({ order: 'o' })], undefined, ['CONFIRMED', 'CANCELLED'])).toBe('no');
  });

  it('may be gone after a cancellation of its buyer without an answer', () => {
    expect(afterwards([lost({ order: 'o' })])).toBe('maybe');
    expect(afterwards([lost({ hold: 'h' })])).toBe('maybe');
    expect(afterwards([lost({ order: 'o' }, 'ben')])).toBe('no');
    expect(afterwards([refused('cancel', 'ann', [20, 30], { order: 'o' })])).toBe('no');
    expect(afterwards([unanswered('release', 'ann', 20, { hold: 'h' })])).toBe('no');
  });

  it('may be gone when its buyer cancelled an order without saying which', () => {
    expect(afterwards([cancel({})])).toBe('maybe');
    expect(afterwards([cancel({}, 'ben')])).toBe('no');
    expect(afterwards([cancel({ order: 'x' })])).toBe('no');
    expect(afterwards([cancel({ hold: 'x' })])).toBe('no');
  });

  it('may be gone when its buyer cancelled any order, and nobody was told which one this is', () => {
    expect(afterwards([cancel({ order: 'x' })], { hold: 'h' })).toBe('maybe');
    expect(afterwards([cancel({ order: 'x' }, 'ben')], { hold: 'h' })).toBe('no');
  });
});
