import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/history/operation.ts';
import { type Call, refused, SKU, said, saleOf, unanswered } from '../story.ts';
import { explain } from './search.ts';

const numbered = (calls: Call[]): Operation[] =>
  calls.map((call, index) => ({ ...call, id: index + 1 }));

const isPossible = (facts: Parameters<typeof saleOf>[0], ...calls: Call[]): boolean =>
  explain(saleOf({ holdTtlMs: 100, sweepGraceMs: 10, ...facts }), numbered(calls)) !== undefined;

const reserve = (buyer: string, times: [number, number], hold: string, facts = {}): Call =>
  said('reserve', buyer, times, { hold, ...facts });
const soldOut = (buyer: string, times: [number, number]): Call => refused('reserve', buyer, times);

describe('the oracle', () => {
  it('explains one unit for each of two buyers, but not the same unit for both', () => {
    const [ann, ben] = [reserve('ann', [0, 5], 'a'), reserve('ben', [2, 6], 'b')];
    expect(isPossible({ total: 2 }, ann, ben)).toBe(true);
    expect(isPossible({ total: 1 }, ann, ben)).toBe(false);
  });

  it('explains the same unit for both once the first hold may have lapsed and been swept', () => {
    const ann = reserve('ann', [0, 5], 'a');
    expect(isPossible({}, ann, reserve('ben', [90, 99], 'b'))).toBe(false);
    expect(isPossible({}, ann, reserve('ben', [90, 100], 'b'))).toBe(true);
  });

  it('explains a sold-out answer only while the unit may be taken', () => {
    const ann = reserve('ann', [10, 20], 'a');
    expect(isPossible({}, ann, soldOut('ben', [0, 9]))).toBe(false);
    expect(isPossible({}, ann, soldOut('ben', [0, 10]))).toBe(true);
    expect(isPossible({}, ann, soldOut('ben', [130, 140]))).toBe(true);
    expect(isPossible({}, ann, soldOut('ben', [131, 140]))).toBe(false);
  });

  it('explains a sold-out answer by a memory that is as old as the sale allows', () => {
    const calls = [
      reserve('ann', [0, 1], 'a'),
      said('release', 'ann', [2, 3], { hold: 'a' }),
      soldOut('ben', [8, 9]),
    ];
    expect(isPossible({ refusalLagMs: 4 }, ...calls)).toBe(false);
    expect(isPossible({ refusalLagMs: 5 }, ...calls)).toBe(true);
  });

  it('explains by a call without an answer whatever it may have done', () => {
    const lost = unanswered('reserve', 'ann', 0);
    expect(isPossible({}, lost, soldOut('ben', [5, 6]))).toBe(true);
    expect(isPossible({}, lost, reserve('ben', [5, 6], 'b'))).toBe(true);
    expect(isPossible({}, lost, soldOut('ben', [5, 6]), reserve('cem', [7, 8], 'c'))).toBe(false);
  });

  it('sees that two refusals exclude each other that are possible one by one', () => {
    const ann = reserve('ann', [0, 1], 'a');
    const lost = unanswered('release', 'ann', 2, { hold: 'a' });
    const bought = refused('confirm', 'ann', [10, 11], {
      hold: 'a',
      code: 'RESERVATION_NOT_ACTIVE',
    });
    expect(isPossible({}, ann, lost, bought)).toBe(true);
    expect(isPossible({}, ann, lost, soldOut('ben', [12, 13]))).toBe(true);
    expect(isPossible({}, ann, lost, bought, soldOut('ben', [12, 13]))).toBe(false);
  });

  it('sees that a hold cannot have lapsed early for one buyer and late for another', () => {
    const ann = reserve('ann', [0, 50], 'a');
    const early = reserve('ben', [101, 102], 'b');
    const late = said('confirm', 'ann', [148, 149], { hold: 'a', order: 'o' });
    expect(isPossible({ total: 1 }, ann, early)).toBe(true);
    expect(isPossible({ total: 1 }, ann, late)).toBe(true);
    expect(isPossible({ total: 1 }, ann, early, late)).toBe(false);
  });

  it('lets nobody but its owner use a hold', () => {
    const ann = reserve('ann', [0, 1], 'a');
    expect(isPossible({}, ann, said('release', 'ben', [2, 3], { hold: 'a' }))).toBe(false);
    const notFound = { hold: 'a', code: 'NOT_FOUND' };
    expect(isPossible({}, ann, refused('release', 'ben', [2, 3], notFound))).toBe(true);
    expect(isPossible({}, ann, refused('release', 'ann', [2, 3], notFound))).toBe(false);
  });

  it.each([
    ['RESERVATION_EXPIRED', false],
    ['RESERVATION_NOT_ACTIVE', false],
    ['ORDER_EXISTS', true],
    ['PAYMENT_DECLINED', true],
  ])('finds a second checkout refused with %s possible: %s', (code, possible) => {
    const calls = [
      reserve('ann', [0, 1], 'a'),
      said('confirm', 'ann', [2, 3], { hold: 'a', order: 'o' }),
      refused('confirm', 'ann', [4, 5], { hold: 'a', code }),
    ];
    expect(isPossible({}, ...calls)).toBe(possible);
  });

  it('lets a payment after the lapse hold units again, if there are any', () => {
    const ann = reserve('ann', [0, 1], 'a');
    const paid = said('confirm', 'ann', [120, 121], { hold: 'a', newHold: 'n', order: 'o' });
    expect(isPossible({}, ann, paid)).toBe(true);
    expect(isPossible({}, ann, reserve('ben', [112, 113], 'b'), paid)).toBe(false);
    expect(isPossible({}, ann, said('confirm', 'ann', [120, 121], { hold: 'a' }))).toBe(false);
    const told = { hold: 'a', code: 'ORDER_EXISTS' };
    expect(isPossible({}, ann, paid, refused('confirm', 'ann', [122, 123], told))).toBe(true);
    expect(isPossible({}, ann, paid, refused('confirm', 'ben', [122, 123], told))).toBe(false);
  });

  it('lets an order be cancelled once, and be refused for good when it was fulfilled', () => {
    const bought = [
      reserve('ann', [0, 1], 'a'),
      said('confirm', 'ann', [2, 3], { hold: 'a', order: 'o' }),
    ];
    const cancel = (times: [number, number]): Call => said('cancel', 'ann', times, { order: 'o' });
    const tooLate = refused('cancel', 'ann', [6, 7], { order: 'o', code: 'ORDER_NOT_CANCELLABLE' });
    expect(isPossible({}, ...bought, cancel([4, 5]))).toBe(true);
    expect(isPossible({}, ...bought, cancel([4, 5]), cancel([6, 7]))).toBe(false);
    expect(isPossible({}, ...bought, tooLate)).toBe(true);
    expect(isPossible({}, ...bought, tooLate, cancel([8, 9]))).toBe(false);
  });

  it('lets a reader see only counts that the stock had during the call', () => {
    const ann = reserve('ann', [0, 10], 'a');
    const read = (times: [number, number], available: number, sold = 0): Call =>
      said('read', 'ben', times, { observed: { available, reserved: 2 - available - sold, sold } });
    expect(isPossible({ total: 2 }, ann, read([5, 6], 2), read([7, 8], 1))).toBe(true);
    expect(isPossible({ total: 2 }, ann, read([5, 6], 1), read([7, 8], 2))).toBe(false);
    expect(isPossible({ total: 2 }, ann, read([5, 6], 1, 1))).toBe(false);
  });

  it('keeps the SKUs apart', () => {
    const other = 'SKU-2';
    const skus = [
      { skuId: SKU, total: 1 },
      { skuId: other, total: 1 },
    ];
    const calls = [reserve('ann', [0, 1], 'a'), reserve('ann', [2, 3], 'b', { sku: other })];
    expect(isPossible({ skus }, ...calls)).toBe(true);
    expect(isPossible({ skus }, calls[0]!, { ...calls[1]!, sku: SKU })).toBe(false);
  });
});
