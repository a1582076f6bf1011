import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, refused, said } from '../../../../test/judge/story.ts';
import { held, sale, shownIn, statusOf } from './testing/refusals.ts';

it('finds a sale that had begun before it "has not begun", and one that went on after it was "over"', () => {
  const registered = (times: [number, number], facts: Partial<Call> = {}) =>
    said('register', 'bob', times, facts);
  const told = (code: string, times: [number, number]) =>
    refused('register', 'ann', times, { code });
  expect(statusOf(registered([0, 10]), told('CAMPAIGN_NOT_STARTED', [1_011, 1_012]))).toBe(
    'invalid',
  );
  // The clocks of two instances may differ by a second.
  expect(statusOf(registered([0, 10]), told('CAMPAIGN_NOT_STARTED', [1_010, 1_012]))).toBe('valid');
  expect(statusOf(registered([1_011, 1_020]), told('CAMPAIGN_ENDED', [0, 10]))).toBe('invalid');
  expect(statusOf(registered([1_010, 1_020]), told('CAMPAIGN_ENDED', [0, 10]))).toBe('valid');
  const key = { idempotencyKey: 'k' };
  const again = [registered([0, 5], key), registered([1_011, 1_020], key)];
  expect(statusOf(...again, told('CAMPAIGN_ENDED', [0, 10]))).toBe('valid');
});

describe('a sale is on from its first yes to its last', () => {
  const notBegun = (kind: 'register' | 'attempt', fromMs: number) =>
    refused(kind, 'ann', [fromMs, fromMs + 1], { code: 'SALE_NOT_STARTED' });
  const over = refused('attempt', 'ann', [0, 10], { code: 'SALE_ENDED' });
  const at = (kind: 'register' | 'attempt', buyer: string, times: [number, number]) =>
    said(kind, buyer, times);
  const shown = (...calls: Call[]) => shownIn(evidenceOf(sale, calls));

  it('in its own way of selling, whatever was refused or sold in another', () => {
    const no = refused('attempt', 'bob', [0, 10], { code: 'FAILED' });
    expect(shown(no, notBegun('attempt', 1_100))).toBeUndefined();
    expect(shown(at('register', 'bob', [0, 10]), notBegun('attempt', 1_100))).toBeUndefined();
    expect(shown(held, notBegun('attempt', 1_100))).toBeUndefined();
    expect(shown(at('attempt', 'bob', [0, 10]), notBegun('attempt', 1_100))).toEqual([
      'attempt bob',
      'attempt ann',
    ]);
  });

  it('from the yes that came first, though it was asked for later', () => {
    const slow = at('attempt', 'bob', [0, 500]);
    const quick = at('attempt', 'cid', [5, 20]);
    const late = at('attempt', 'dan', [600, 610]);
    expect(shown(slow, quick, late, notBegun('attempt', 1_100))).toEqual([
      'attempt cid',
      'attempt ann',
    ]);
  });

  it('to the call that was made last', () => {
    const early = at('attempt', 'bob', [2, 12]);
    const late = at('attempt', 'cid', [1_100, 1_110]);
    expect(shown(over, early, late)).toEqual(['attempt ann', 'attempt cid']);
  });
});
