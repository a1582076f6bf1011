import { describe, expect, it } from 'vitest';
import type { LoadedScript } from '../../load/vu/script.ts';
import { SkuId } from '../../protocol/products.ts';
import { nameSale, nameSkus, readSalePlan } from './sale-plan.ts';

const read = (sale: Record<string, unknown>) =>
  readSalePlan({ name: 'rush', sale } as unknown as LoadedScript);

describe('the name of a sale', () => {
  const named = (scenario: string) => nameSale(scenario, '2026-11-27T18:01:02.345Z');

  it('has what SKUs may have of the name of the scenario', () => {
    expect(named('rush')).toBe('rush-20261127180102345');
    expect(named('my sale (1)')).toBe('my-sale-1-20261127180102345');
    expect(named('大売出し🎫')).toBe('sale-20261127180102345');
  });

  it('is short enough for the last of many SKUs', () => {
    const name = named('x'.repeat(300));
    const skus = nameSkus({ skus: Array(1_000).fill({ stock: 1 }) }, name);
    expect(SkuId.parse(skus.at(-1)?.skuId)).toMatch(/^x{40}-\d{17}-1000$/);
  });
});

describe('the plan of a sale', () => {
  it('is the exported `sale` with its defaults', () => {
    expect(read({ stock: 5, buyers: 10, holdTtlMs: 3_000 })).toEqual({
      skus: [{ stock: 5 }],
      unitsPerBuyerMax: 1,
      buyers: 10,
      holdTtlMs: 3_000,
      api: 'reference',
      needs: [],
      sells: 'reservations',
      challenges: [],
      sellOutExpected: true,
    });
  });

  it.each([
    ['its own units', {}, [60, 40]],
    ['its share of the units of all', { stock: 10 }, [6, 4]],
    ['nothing, and is not on sale, if there are fewer units than SKUs', { stock: 1 }, [1]],
  ])('has several SKUs, each with %s', (_, stock, units) => {
    const skus = [{ stock: 60, price: '9.99' }, { stock: 40 }];
    const plan = read({ skus, buyers: 10, ...stock });
    expect(plan.skus.map((sku) => sku.stock)).toEqual(units);
    expect(plan.skus[0]?.price).toBe('9.99');
  });

  it('S3.5 may set the behaviour of payments', () => {
    const payments = { latencyMs: 1_500, async: true };
    expect(read({ stock: 5, buyers: 10, payments }).payments).toEqual({
      ...payments,
      declineRate: 0,
      hangRate: 0,
      duplicateWebhooks: false,
    });
  });

  it.each([
    [{ stock: 0, buyers: 1 }, 'sale.stock'],
    [{ stock: Number.NaN, buyers: 1 }, 'sale.stock'],
    [{ stock: 1 }, 'sale.buyers'],
    [{ buyers: 1 }, 'sale.stock'],
    [{ skus: [], buyers: 1 }, 'sale.skus'],
    [{ skus: [{ stock: 1, price: '1' }], buyers: 1 }, 'sale.skus.0.price'],
    [{ stock: 1, buyers: 1, unitsPerBuyerMax: 11 }, 'sale.unitsPerBuyerMax'],
    [
      { stock: 1, buyers: 1, unitsPerBuyerMax: 2, sells: 'campaign' },
      'sale.unitsPerBuyerMax: a campaign gives a buyer one unit',
    ],
    [
      { stock: 1, buyers: 1, hours: { opensAfterMs: 1, closesAfterMs: 2 } },
      'sale.hours: products that are reserved have no hours',
    ],
    [
      { stock: 1, buyers: 1, sells: 'campaign', hours: { opensAfterMs: 2, closesAfterMs: 2 } },
      'sale.hours.closesAfterMs: must be more than opensAfterMs',
    ],
    [{ stock: 1, buyers: 1, redisAmnesia: { afterMs: -1 } }, 'sale.redisAmnesia.afterMs'],
    [{ stock: 1, buyers: 1, stok: 2 }, 'stok'],
    [{ stock: 1, buyers: 1, api: 'unknown-shop' }, 'sale.api'],
    [{ stock: 1, buyers: 1, sells: 'lottery' }, 'sale.sells'],
    [{ stock: 1, buyers: 1, payments: { declineRate: 2 } }, 'sale.payments.declineRate'],
    [{ stock: 1, buyers: 1, challenges: ['rain'] }, 'sale.challenges.0'],
  ])('is refused: %j', (sale, expected) => {
    expect(() => read(sale)).toThrow(
      expect.objectContaining({ why: expect.stringContaining(expected), exitCode: 2 }),
    );
  });
});
