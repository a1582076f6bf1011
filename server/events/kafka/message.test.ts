import { expect, it } from 'vitest';
import type { DomainEvent } from '../event.ts';
import {
  fromMessage,
  inParts,
  isOfSource,
  lastMovementOf,
  type Message,
  toMessages,
} from './message.ts';

const fulfilled: DomainEvent = {
  eventId: '7',
  topic: 'flash-sale-orders',
  key: 'LAMP',
  type: 'ORDER_FULFILLED',
  payload: { skuId: 'LAMP', quantity: 2 },
  occurredAt: new Date('2024-05-06T07:08:09.123Z'),
};

const TIME = '2024-05-06T07:08:09.123Z';

const reserved = (sequence: number, key = 'LAMP'): DomainEvent => ({
  eventId: `flash-sale-reservations/${key}/${sequence}`,
  topic: 'flash-sale-reservations',
  key,
  type: 'CREATED',
  payload: {
    ...{ skuId: key, reservationId: `r${sequence}`, userId: `u${sequence}` },
    ...{ quantity: sequence, sequence },
  },
  occurredAt: new Date(TIME),
});

const sold = (sequence: number): DomainEvent => {
  const event = reserved(sequence);
  return { ...event, type: 'CONFIRMED', payload: { ...event.payload!, orderId: `o${sequence}` } };
};

const eventsOf = (messages: Message[]) => messages.map(({ value }) => JSON.parse(String(value)));

it('carries an event of the outbox as JSON with its id, type and time in the headers', () => {
  expect(toMessages([fulfilled], 'shop-1')).toEqual([
    {
      topic: 'flash-sale-orders',
      key: 'LAMP',
      value: '{"skuId":"LAMP","quantity":2}',
      headers: {
        source: 'shop-1',
        eventId: '7',
        type: 'ORDER_FULFILLED',
        occurredAt: '2024-05-06T07:08:09.123Z',
      },
    },
  ]);
});

it('S1.8 carries the events of movements as lists, one for each topic and SKU, in order', () => {
  const inventory = { ...reserved(2), topic: 'flash-sale-inventory-updates', type: 'RESERVED' };
  const messages = toMessages(
    [reserved(1), reserved(2), inventory, reserved(5, 'SHOE'), reserved(3)],
    'shop-1',
  );
  expect(messages).toMatchObject([
    {
      topic: 'flash-sale-reservations',
      key: 'LAMP',
      headers: { source: 'shop-1', eventId: 'flash-sale-reservations/LAMP/3', events: '3' },
    },
    { topic: 'flash-sale-reservations', key: 'SHOE', headers: { events: '1' } },
    { topic: 'flash-sale-inventory-updates', key: 'LAMP', headers: { events: '1' } },
  ]);
  expect(eventsOf(messages)[0]).toEqual([
    {
      ...{ type: 'CREATED', occurredAt: TIME, skuId: 'LAMP', sequence: 1 },
      quantity: [1, 2, 3],
      reservationId: ['r1', 'r2', 'r3'],
      userId: ['u1', 'u2', 'u3'],
    },
  ]);
});

it('S1.8 begins a new run where type, time or number of the events does not go on', () => {
  const later = { ...reserved(5), occurredAt: new Date('2024-05-06T07:08:09.124Z') };
  const cancelled = { ...sold(7), type: 'CANCELLED' };
  const released = { ...reserved(8), type: 'CANCELLED' };
  const [runs] = eventsOf(
    toMessages(
      [reserved(1), sold(2), sold(3), reserved(4), later, reserved(9), cancelled, released],
      'shop-1',
    ),
  );
  const numbers = ({ sequence, quantity, orderId }: Record<string, unknown>) => [
    sequence,
    quantity,
    orderId,
  ];
  expect(runs.map(numbers)).toEqual([
    [1, [1], undefined],
    [2, [2, 3], ['o2', 'o3']],
    [4, [4], undefined],
    [5, [5], undefined],
    [9, [9], undefined],
    [7, [7], ['o7']],
    [8, [8], undefined],
  ]);
});

it('cuts a long list, so that no message grows with the crowd', () => {
  const events = Array.from({ length: 1200 }, (_, place) => reserved(place + 1));
  const messages = toMessages(events, 'shop-1');
  expect(messages.map(lastMovementOf)).toEqual([500, 1000, 1200]);
});

it('returns the event of a message, and tells a message of another database', () => {
  const [message] = toMessages([fulfilled], 'shop-1');
  if (message === undefined) throw new Error('there is no message');
  expect(fromMessage({ ...message, value: Buffer.from(message.value) })).toEqual(fulfilled);
  expect(lastMovementOf(message)).toBeUndefined();
  expect(isOfSource(message, 'shop-1')).toBe(true);
  expect(isOfSource(message, 'shop-2')).toBe(false);
});

it('keeps a value that is not JSON as it is', () => {
  const message = { topic: 't', key: 'k', headers: {}, value: 'not JSON' };
  expect(fromMessage(message).payload).toBe('not JSON');
});

it('is sent with no more neighbours than a broker takes at once, in order', () => {
  const [small] = toMessages([fulfilled], 'shop-1');
  if (small === undefined) throw new Error('there is no message');
  const large = { ...small, value: 'ü'.repeat(500) };
  const parts = inParts([small, small, small, large, small], 400);
  expect(parts).toEqual([[small, small], [small], [large], [small]]);
  expect(inParts([])).toEqual([]);
});
