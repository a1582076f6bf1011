import { expect, it } from 'vitest';
import { whyNoEvent } from '../../../src/protocol/events.ts';
import { MovementKind } from '../../../src/protocol/ledger.ts';
import type { DomainEvent } from '../event.ts';
import { addEvents, type Movement } from './stock-events.ts';

const movement: Movement = {
  skuId: 'SHOE',
  sequence: 17,
  kind: 'SOLD',
  quantity: 2,
  reservationId: '00000000-0000-7000-8000-000000000001',
  userId: '00000000-0000-7000-8000-000000000002',
  orderId: '00000000-0000-7000-8000-000000000003',
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
};

function eventsOf(of: Movement): DomainEvent[] {
  const events: DomainEvent[] = [];
  addEvents(of, events);
  return events;
}

it('S1.8 makes an event for each topic that hears of a movement', () => {
  const { skuId, reservationId, orderId, userId, quantity, sequence } = movement;
  expect(eventsOf(movement)[2]).toMatchObject({
    eventId: 'flash-sale-orders/SHOE/17',
    topic: 'flash-sale-orders',
    key: 'SHOE',
    type: 'ORDER_CREATED',
    payload: { skuId, reservationId, orderId, userId, quantity, sequence },
    occurredAt: movement.createdAt,
  });
  expect(eventsOf(movement).map(({ topic, type }) => `${topic} ${type}`)).toEqual([
    'flash-sale-reservations CONFIRMED',
    'flash-sale-inventory-updates SOLD',
    'flash-sale-orders ORDER_CREATED',
  ]);
});

it('S2.5 makes events that fit the schemas of their topics, whatever the kind of the movement', () => {
  const events = MovementKind.options.flatMap((kind) =>
    [movement.orderId, null].flatMap((orderId) =>
      orderId === null && kind === 'SOLD' ? [] : eventsOf({ ...movement, kind, orderId }),
    ),
  );
  expect(events).toHaveLength(21);
  expect(events.map(whyNoEvent).filter((why) => why !== undefined)).toEqual([]);
});

it('makes no events of a movement of an earlier version, which wrote them to the outbox', () => {
  expect(eventsOf({ ...movement, userId: null })).toEqual([]);
});
