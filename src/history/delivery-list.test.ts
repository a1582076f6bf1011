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

it('keeps what came to one group of one topic and SKU together, in its order', () => {
  const list = DeliveryList.of([
    delivery({ group: 'search' }),
    delivery({ group: 'mail' }),
    delivery({ group: 'search', skuId: 'SKU-2', eventId: 'event-1' }),
    delivery({ group: 'search', sequence: 2, eventId: 'event-2' }),
    delivery({ group: 'search', topic: 'orders' }),
  ]);
  expect(contentOf(list)).toEqual([
    'search inventory SKU-1: 1, 2',
    'search inventory SKU-2: 1',
    'mail inventory SKU-1: 1',
    'search orders SKU-1: 1',
  ]);
  const [search, mail] = list.topics;
  expect(search?.of('SKU-1')?.eventIdAt(1)).toBe('event-2');
  expect(search?.of('SKU-2')?.eventIdAt(0)).toBe('event-1');
  expect(mail?.of('SKU-2')).toBeUndefined();
  expect(mail?.of('SKU-3')).toBeUndefined();
  expect(list).toHaveLength(5);
});

it('takes deliveries after it was read as well, of SKUs that are new too', () => {
  const list = DeliveryList.of([delivery({ skuId: 'SKU-2' }), delivery({})]);
  const [topic] = list.topics;
  expect(topic?.of('SKU-2')?.length).toBe(1);
  list.skus.numberOf('SKU-3');
  expect(topic?.of('SKU-3')).toBeUndefined();
  for (const sequence of [2, 3]) list.push(delivery({ skuId: 'SKU-2', sequence }));
  list.push(delivery({ skuId: 'SKU-3' }));
  expect(contentOf(list)).toEqual([
    'search inventory SKU-2: 1, 2, 3',
    'search inventory SKU-1: 1',
    'search inventory SKU-3: 1',
  ]);
});

const contentOf = ({ topics }: DeliveryList): string[] =>
  topics.flatMap(({ group, topic, streams }) =>
    [...streams].map((stream) => {
      const numbers = Array.from({ length: stream.length }, (_, place) => stream.sequenceAt(place));
      return `${group} ${topic} ${stream.skuId}: ${numbers.join(', ')}`;
    }),
  );
