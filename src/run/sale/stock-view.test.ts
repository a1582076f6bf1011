import { expect, it } from 'vitest';
import { createStockView } from './stock-view.ts';

const units = (sku: string, state: string, value: number) => ({
  name: 'flashsale_stock_units',
  labels: { sku, state },
  value,
});

it('begins with all units available, and follows the metrics of the SKUs on sale', () => {
  const view = createStockView([{ skuId: 'SHOE', total: 5 }]);
  const before = view.update({ samples: [] });
  const after = view.update({
    samples: [
      units('SHOE', 'available', 2),
      units('SHOE', 'reserved', 1),
      units('SHOE', 'sold', 2),
      units('LAMP', 'sold', 9),
      { name: 'flashsale_other_units', labels: { sku: 'SHOE', state: 'sold' }, value: 9 },
    ],
  });
  expect(before).toEqual([{ skuId: 'SHOE', total: 5, available: 5, held: 0, sold: 0 }]);
  expect(after).toEqual([{ skuId: 'SHOE', total: 5, available: 2, held: 1, sold: 2 }]);
});

it('keeps the last value of a state that a scrape does not mention', () => {
  const view = createStockView([{ skuId: 'SHOE', total: 5 }]);
  view.update({ samples: [units('SHOE', 'sold', 2)] });
  expect(view.update({ samples: [units('SHOE', 'available', 3)] })).toMatchObject([
    { available: 3, sold: 2 },
  ]);
});
