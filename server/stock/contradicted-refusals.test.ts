import { expect, it } from 'vitest';
import { createContradictedRefusals } from './contradicted-refusals.ts';
import type { HoldOutcome, StockLedger } from './ledger.ts';

/** A ledger that refuses everybody, and what is counted of it. */
function createShop(outcome: HoldOutcome['outcome'] = 'out_of_stock') {
  const counted: [string, number][] = [];
  const refusals = createContradictedRefusals((sku, times) => counted.push([sku, times]));
  const ledger = refusals.watch({ hold: async () => ({ outcome }) } as unknown as StockLedger);
  const ask = (skuId: string, quantity = 1) =>
    ledger.hold({ holdId: 'h', userId: 'ann', skuId, quantity });
  const read = (...stock: [string, number][]) =>
    refusals.stockRead(stock.map(([sku, available]) => ({ sku, available })));
  return { counted, ask, read };
}

it('S1.15 counts the refusals of each SKU that had the units before and after them', async () => {
  const { counted, ask, read } = createShop();
  read(['SHOE', 5], ['HAT', 2], ['GONE', 0]);
  for (const [sku, units] of [['SHOE'], ['SHOE', 3], ['HAT', 3], ['GONE']] as [string, number?][]) {
    expect(await ask(sku, units)).toEqual({ outcome: 'out_of_stock' });
  }
  read(['SHOE', 4], ['HAT', 9], ['GONE', 9]);
  expect(counted).toEqual([['SHOE', 2]]);
  read(['SHOE', 4]);
  expect(counted).toHaveLength(1);
});

it('S1.15 counts none of a SKU that was sold out meanwhile, and none that nobody read before', async () => {
  const { counted, ask, read } = createShop();
  await ask('SHOE');
  read(['SHOE', 5]);
  await ask('SHOE');
  await ask('SHOE', 4);
  read(['SHOE', 3]);
  expect(counted).toEqual([]);
});

it('S1.15 counts no refusal by a rule of the sale', async () => {
  const { counted, ask, read } = createShop('over_limit');
  read(['SHOE', 5]);
  await ask('SHOE');
  read(['SHOE', 5]);
  expect(counted).toEqual([]);
});
