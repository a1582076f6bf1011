import { expect, it } from 'vitest';
import type { LedgerDelivery } from '../protocol/ledger.ts';
import { DeliveryList } from './delivery-list.ts';

const delivery = (change: Partial<LedgerDelivery>): LedgerDelivery => ({
  ...{ row: 'delivery', group: 'search', topic: 'inventory', type: 'RESERVED', skuId: 'SKU-1' },
  ...{ eventId: 'a0000000-0000-7000-8000-000000000001', sequence: 1, ...change },
});

it('gives back every delivery as it was added, whatever its id and number are', () => {
  const rows = [
    delivery({}),
    delivery({ sequence: null }),
    delivery({ eventId: 'event-1', type: 'SOLD' }),
    // Written as Latin-1, the first letter would be a digit.
    delivery({ eventId: 'İ0000000-0000-7000-8000-000000000001' }),
    delivery({ eventId: 'A0000000-0000-7000-8000-000000000001' }),
    delivery({ eventId: '' }),
    delivery({ eventId: 'm1' }),
    delivery({ eventId: 'm1', sequence: null }),
    delivery({ eventId: 'm01' }),
    delivery({ eventId: 'm2' }),
    ...Array.from({ length: 200 }, (_, place) => delivery({ sequence: place })),
  ];
  expect([...DeliveryList.of(rows)]).toEqual(rows);
});

it('keeps what came to one group of one topic and SKU together', () => {
  const list = DeliveryList.of([
    delivery({ group: 'search' }),
    delivery({ group: 'mail' }),
    delivery({ group: 'search', sequence: 2 }),
    delivery({ group: 'search', topic: 'orders' }),
    delivery({ group: 'search', skuId: 'SKU-2' }),
  ]);
  expect(
    list.streams.map(({ group, topic, skuId, length }) => `${group} ${topic} ${skuId} ${length}`),
  ).toEqual([
    'search inventory SKU-1 2',
    'mail inventory SKU-1 1',
    'search orders SKU-1 1',
    'search inventory SKU-2 1',
  ]);
  expect(list).toHaveLength(5);
});
