import { expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { simulateSale } from '../../simulation/simulate-sale.ts';
import { meansOf } from '../shop/testing/means.ts';
import { booksOfShop } from './books-of-shop.ts';
import type { PreparedSale } from './prepared-sale.ts';

const {
  startedAtMs: _,
  startedAtNs: __,
  ...facts
} = simulateSale({ seed: 1, buyers: 5, total: 2 }).evidence.sale;
const skus = facts.skus.map((sku) => ({ ...sku, seat: 'A1' })) as never;
const shop = { urls: [], skus, onSaleAtMs: 0 };
const prepared = (more: Partial<PreparedSale>): PreparedSale => ({
  ...{ version: '1', id: 'monday', facts, target: 'corner', seed: 1, shop, ...more },
});
const { file } = meansOf({
  evidence: { orders: { command: `echo 'id,sku,buyer'; echo 1,{sku},{seat}` } },
  rest: { wait: '0s' },
});

it('are read by the fields that the sale file has of a SKU', async () => {
  const open = booksOfShop(facts, prepared({}), file, { env: { PATH: process.env.PATH } });
  const rows: unknown[] = [];
  const books = open({ clock: systemClock, signal: new AbortController().signal, onEvent() {} });
  const reading = await books.readBooks(facts.skus[0]?.skuId as string, (row) => rows.push(row));
  expect(reading).toMatchObject({ counts: { order: 1 } });
  expect(rows).toMatchObject([{ row: 'order', userId: 'A1' }]);
});

it.each([
  [
    'histories of other SKUs',
    { skus: [{ skuId: 'x', total: 1 }] },
    {},
    /not those of the prepared/,
  ],
  ['the file of another shop', facts, { target: 'other' }, /target file is not that/],
  ['a sale of servers of ours', facts, { shop: undefined }, /target file is not that/],
])('are not read for %s', (_, sale, more, why) => {
  expect(() => booksOfShop(sale, prepared(more as never), file, { env: {} })).toThrow(why);
});
