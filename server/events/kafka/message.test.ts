import { expect, it } from 'vitest';
import { fromMessage, inParts, toMessage } from './message.ts';

const event = {
  eventId: '7',
  topic: 'flash-sale-orders',
  key: 'LAMP',
  type: 'ORDER_CREATED',
  payload: { skuId: 'LAMP', quantity: 2 },
  occurredAt: new Date('2024-05-06T07:08:09.123Z'),
};

it('carries an event as JSON with its id, type and time in the headers', () => {
  expect(toMessage(event, 'shop-1')).toEqual({
    topic: 'flash-sale-orders',
    key: 'LAMP',
    value: '{"skuId":"LAMP","quantity":2}',
    headers: {
      source: 'shop-1',
      eventId: '7',
      type: 'ORDER_CREATED',
      occurredAt: '2024-05-06T07:08:09.123Z',
    },
  });
});

it('returns the event of a message, and none for a message of another database', () => {
  expect(fromMessage(toMessage(event, 'shop-1'), 'shop-1')).toEqual(event);
  expect(fromMessage(toMessage(event, 'shop-1'), 'shop-2')).toBeUndefined();
});

it('keeps a value that is not JSON as it is', () => {
  const message = { ...toMessage(event, 'shop-1'), value: 'not JSON' };
  expect(fromMessage(message, 'shop-1')?.payload).toBe('not JSON');
});

it('is sent with no more neighbours than a broker takes at once, in order', () => {
  const small = toMessage(event, 'shop-1');
  const large = { ...small, value: 'ü'.repeat(500) };
  const parts = inParts([small, small, small, large, small], 400);
  expect(parts).toEqual([[small, small], [small], [large], [small]]);
  expect(inParts([])).toEqual([]);
});
