import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import type { Consumer } from '../event.ts';
import type { StockDelivery } from '../stock-log/stock-delivery.ts';
import { createCatchUp } from './catch-up.ts';
import type { Message } from './message.ts';

const consumer: Consumer = { group: 'one', topics: ['prices', 'stock'], async handle() {} };

/** A ledger whose SKUs have 100 movements each. */
const pool = {
  query: async ({ values: [skuIds] }: { values: [string[]] }) => ({
    rows: skuIds.map((sku_id) => ({ sku_id, sequence: 100 })),
  }),
} as unknown as Pool;

const tells = (key: string, last: number, topic = 'stock'): Message => ({
  ...{ topic, key, value: '[]' },
  headers: { eventId: `${topic}/${key}/${last}` },
});

/** A delivery that waits for `go` and notes what it delivers. */
function createDelivery() {
  const delivered: string[] = [];
  const gates: (() => void)[] = [];
  const stockDelivery: StockDelivery = {
    async deliver({ topics }, heads) {
      await new Promise<void>((resolve) => gates.push(resolve));
      const told = [...heads].map(([skuId, sequence]) => `${skuId} ${sequence}`);
      delivered.push(`${topics}: ${told.join(', ')}`);
      heads.clear();
      return true;
    },
  };
  const go = async () => {
    await new Promise(setImmediate);
    for (const open of gates.splice(0)) open();
  };
  return { stockDelivery, delivered, go };
}

const signal = new AbortController().signal;

it('handles messages that come during a delivery together, each SKU up to the highest number', async () => {
  const { stockDelivery, delivered, go } = createDelivery();
  const catchUp = createCatchUp({ pool, stockDelivery, consumer, signal });
  const first = catchUp([tells('SHOE', 3)]);
  const others = [
    catchUp([tells('SHOE', 5), tells('SHOE', 9)]),
    catchUp([tells('HAT', 2), tells('SHOE', 7)]),
  ];
  await go();
  await first;
  await go();
  await Promise.all(others);
  expect(delivered).toEqual(['stock: SHOE 3', 'stock: SHOE 9, HAT 2']);
});

it('handles topics for themselves, and nothing that the ledger does not have', async () => {
  const { stockDelivery, delivered, go } = createDelivery();
  const catchUp = createCatchUp({ pool, stockDelivery, consumer, signal });
  const both = catchUp([tells('SHOE', 500), tells('SHOE', 4, 'prices')]);
  await go();
  await both;
  expect(delivered.toSorted()).toEqual(['prices: SHOE 4', 'stock: SHOE 100']);
});

it('lets messages come again whose events were not handled because the server stops', async () => {
  const stopping = new AbortController();
  const stockDelivery: StockDelivery = {
    async deliver() {
      stopping.abort(new Error('the server stops'));
      return true;
    },
  };
  const catchUp = createCatchUp({ pool, stockDelivery, consumer, signal: stopping.signal });
  await expect(catchUp([tells('SHOE', 3)])).rejects.toThrow('the server stops');
});
