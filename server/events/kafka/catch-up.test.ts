import { expect, it } from 'vitest';
import type { Consumer } from '../event.ts';
import type { StockDelivery } from '../stock-log/stock-delivery.ts';
import { createCatchUp } from './catch-up.ts';
import type { Message } from './message.ts';

const consumer: Consumer = { group: 'one', topics: ['prices', 'stock'], async handle() {} };

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
  const begun = async (count = 1) => {
    while (gates.length < count) await new Promise(setImmediate);
  };
  const go = async (count = 1) => {
    await begun(count);
    for (const open of gates.splice(0)) open();
  };
  return { stockDelivery, delivered, begun, go };
}

const signal = new AbortController().signal;

it('handles messages that come during a delivery together, each SKU up to the highest number', async () => {
  const { stockDelivery, delivered, begun, go } = createDelivery();
  const catchUp = createCatchUp({ stockDelivery, consumer, signal });
  const first = catchUp([tells('SHOE', 3)]);
  await begun();
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

it('handles the messages of one turn together, and lets all of them come again if that fails', async () => {
  const stockDelivery: StockDelivery = {
    async deliver(_consumer, heads) {
      throw new Error(`failed: ${[...heads].join(' ')}`);
    },
  };
  const catchUp = createCatchUp({ stockDelivery, consumer, signal });
  const partitions = [catchUp([tells('SHOE', 3)]), catchUp([tells('HAT', 2)])];
  const results = await Promise.allSettled(partitions);
  expect(results.map((result) => 'reason' in result && result.reason.message)).toEqual([
    'failed: SHOE,3 HAT,2',
    'failed: SHOE,3 HAT,2',
  ]);
});

it('handles topics for themselves', async () => {
  const { stockDelivery, delivered, go } = createDelivery();
  const catchUp = createCatchUp({ stockDelivery, consumer, signal });
  const both = catchUp([tells('SHOE', 9), tells('SHOE', 4, 'prices')]);
  await go(2);
  await both;
  expect(delivered.toSorted()).toEqual(['prices: SHOE 4', 'stock: SHOE 9']);
});

it('lets messages come again whose events were not handled because the server stops', async () => {
  const stopping = new AbortController();
  const stockDelivery: StockDelivery = {
    async deliver() {
      stopping.abort(new Error('the server stops'));
      return true;
    },
  };
  const catchUp = createCatchUp({ stockDelivery, consumer, signal: stopping.signal });
  await expect(catchUp([tells('SHOE', 3)])).rejects.toThrow('the server stops');
});
