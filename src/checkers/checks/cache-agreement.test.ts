import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, evidenceOf, SKU, saleOf } from '../../../test/judge/story.ts';
import { cacheAgreement } from './cache-agreement.ts';

const sale = saleOf({ total: 2 });
const { check } = cacheAgreement;
const first = <Row>(rows: Row[]): Row => rows[0] as Row;

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

  it('is valid for the same number, and skipped for a store that has none', () => {
    expect(told(2).status).toBe('valid');
    expect(told(null)).toEqual({
      status: 'skipped',
      summary: 'the hot store has no number of SKU-1',
    });
  });

  it('says no more where every number is there, and shows ten wrong ones of many', () => {
    expect(told(2).summary).toBe('the hot store agrees with the ledger on 1 SKU');
    const skus = Array.from({ length: 11 }, (_, place) => ({ skuId: `SKU-${place}`, total: 2 }));
    const ledger = booksOf(sale, []);
    ledger.hotStock = skus.map(({ skuId }) => ({ row: 'hot_stock', skuId, available: 1 }));
    const { witness } = check(evidenceOf(saleOf({ skus }), [], { ledger }));
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  it('compares each SKU, and names those without a number', () => {
    const skus = ['SKU-1', 'SKU-2', 'SKU-3'].map((skuId) => ({ skuId, total: 2 }));
    const judged = (...numbers: (number | null)[]) => {
      const ledger = booksOf(sale, []);
      ledger.inventory = skus.map(({ skuId }) => ({ ...first(ledger.inventory), skuId }));
      ledger.hotStock = numbers.map((available, place) => ({
        ...{ row: 'hot_stock', skuId: `SKU-${place + 1}`, available },
      }));
      return check(evidenceOf(saleOf({ skus }), [], { ledger }));
    };
    expect(judged(2, null, 2)).toEqual({
      status: 'valid',
      summary:
        'the hot store agrees with the ledger on 2 SKUs; the hot store has no number of SKU-2',
    });
    const { status, witness } = judged(2, 1, 0);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('SKU-2: 1 available in the hot store, 2 in the ledger');
    expect(witness?.prose).toContain('SKU-3: 0 available in the hot store, 2 in the ledger');
  });
});

itCatches(cacheAgreement, ['stale-cache']);
