import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, evidenceOf, SKU, saleOf } from '../../../test/judge/story.ts';
import { cacheAgreement } from './cache-agreement.ts';

const sale = saleOf({ total: 2 });
const { check } = cacheAgreement;

describe('cache-agreement', () => {
  it('is skipped where the evidence has nothing of its kind', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

  const told = (available: number | null) => {
    const ledger = booksOf(sale, []);
    ledger.hotStock = [{ row: 'hot_stock', skuId: SKU, available }];
    return check(evidenceOf(sale, [], { ledger }));
  };

  it.each([1, 3])('finds a hot store that has %d of 2 units', (available) => {
    expect(told(available).summary).toBe(
      `the hot store is not what the ledger is: SKU-1: ${available} available in the hot store, 2 in the ledger`,
    );
  });

  it('is valid for the same number, and skipped for none', () => {
    expect(told(2).status).toBe('valid');
    expect(told(null).status).toBe('skipped');
  });
});

itCatches(cacheAgreement, ['stale-cache']);
