import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { inShop, shopSale } from '../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { onePerBuyer } from './one-per-buyer.ts';

const { check } = onePerBuyer;

describe('one-per-buyer', () => {
  it('finds nothing in honest books', () => {
    expect(check(inShop()).status).toBe('valid');
  });

  const twice = (...calls: Call[]) => check(evidenceOf(saleOf({ total: 9 }), calls));

  it('finds a buyer who was given two', () => {
    const { status, witness } = twice(
      said('reserve', 'ann', [0, 10]),
      said('reserve', 'ann', [5, 12]),
      said('reserve', 'bob', [0, 10]),
    );
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('At 12:00:00.012 UTC buyer ann had 2');
  });

  it('allows another after the first was cancelled or may have lapsed', () => {
    const again = said('reserve', 'ann', [1_000, 1_001]);
    expect(twice(said('reserve', 'ann', [0, 10]), again).status).toBe('valid');
    const cancelled = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [20, 30], { hold: 'a' }),
    ];
    expect(twice(...cancelled, said('reserve', 'ann', [25, 26])).status).toBe('valid');
  });

  it('is unknown when a call without an answer may have been the second', () => {
    const calls = [said('reserve', 'ann', [0, 10]), unanswered('reserve', 'ann', 20)];
    expect(twice(...calls).status).toBe('unknown');
  });

  it('does not let a doubt about one buyer hide a certainty about another', () => {
    const { status, summary } = twice(
      said('reserve', 'ann', [0, 10]),
      unanswered('reserve', 'ann', 1),
      said('reserve', 'bob', [2, 10]),
      said('reserve', 'bob', [3, 10]),
    );
    expect(status).toBe('invalid');
    expect(summary).toContain('buyer bob');
  });

  it('counts each SKU by itself', () => {
    const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 9 }));
    const calls = skus.map(({ skuId }) =>
      said('reserve', 'ann', [0, 10], { sku: skuId, hold: skuId }),
    );
    const sale = saleOf({ skus });
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'SKU-1', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'SKU-2', buyer: 'ann' },
    ]);
    for (const row of ledger.reservations.slice(1)) row.skuId = 'SKU-2';
    expect(check(evidenceOf(sale, calls, { ledger })).status).toBe('valid');
  });

  it('counts no reservation that ended', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'c', buyer: 'cid' },
    ]);
    expect(check(evidenceOf(shopSale, [], { ledger })).status).toBe('valid');
  });

  it('counts units against the limit of the sale', () => {
    const two = saleOf({ total: 9, unitsPerBuyerMax: 2 });
    const of = (quantity: number) =>
      check(evidenceOf(two, [said('reserve', 'ann', [0, 10], { quantity })])).status;
    expect(of(2)).toBe('valid');
    expect(of(3)).toBe('invalid');
  });

  it('counts reservations as well, where a buyer may have several units but one reservation', () => {
    const sale = saleOf({ total: 9, unitsPerBuyerMax: 3, holdsPerBuyerMax: 1 });
    const first = said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 2 });
    const second = (facts: Partial<Call> = {}) =>
      check(evidenceOf(sale, [first, said('reserve', 'ann', [20, 30], { hold: 'b', ...facts })]));
    expect(second().status).toBe('invalid');
    expect(second().summary).toContain('had 2 reservations of SKU-1');
    expect(second({ sku: 'SKU-2' }).status).toBe('valid');
    expect(second({ buyer: 'bob' }).status).toBe('valid');
    expect(second({ invokedAtNs: 1_000e6, completedAtNs: 1_001e6 }).status).toBe('valid');
    const unlimited = saleOf({ total: 9, unitsPerBuyerMax: 3 });
    const calls = [first, said('reserve', 'ann', [20, 30], { hold: 'b' })];
    expect(check(evidenceOf(unlimited, calls)).status).toBe('valid');
  });

  it('is unknown when an unanswered call may have made a second reservation', () => {
    const sale = saleOf({ total: 9, unitsPerBuyerMax: 3, holdsPerBuyerMax: 1 });
    const calls = [said('reserve', 'ann', [0, 10]), unanswered('reserve', 'ann', 20)];
    expect(check(evidenceOf(sale, calls)).status).toBe('unknown');
  });

  it('finds two reservations of one buyer in the final ledger, within the limit of units', () => {
    const sale = saleOf({ total: 9, unitsPerBuyerMax: 3, holdsPerBuyerMax: 1 });
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
    ]);
    const { status, summary } = check(evidenceOf(sale, [], { ledger }));
    expect(status).toBe('invalid');
    expect(summary).toContain('2 reservations of SKU-1 for buyer ann, where 1 is allowed');
  });

  it('finds two of one buyer in the final ledger, whatever the answers were', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
    ]);
    expect(check(evidenceOf(shopSale, [unanswered('reserve', 'ann', 0)], { ledger })).status).toBe(
      'invalid',
    );
  });
});

itCatches(onePerBuyer, ['duplicate-buyer']);
