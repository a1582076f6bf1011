import { describe, expect, test } from 'vitest';
import { OrderStatus } from '../../../src/protocol/orders.ts';
import { type CheckoutReservation, nextStatus, type OrderEvent, refuseCheckout } from './order.ts';

describe('S1.4 an order', () => {
  const EVENTS: OrderEvent[] = ['payment_succeeded', 'payment_failed', 'cancelled', 'shipped'];

  test.each([
    ['PENDING', 'payment_succeeded', 'CONFIRMED'],
    ['PENDING', 'payment_failed', 'FAILED'],
    ['PENDING', 'cancelled', 'CANCELLED'],
    ['CONFIRMED', 'shipped', 'FULFILLED'],
    ['CONFIRMED', 'cancelled', 'CANCELLED'],
  ] as const)('goes from %s by %s to %s', (from, event, to) => {
    expect(nextStatus(from, event)).toBe(to);
  });

  test('has no other transition', () => {
    const edges = OrderStatus.options.flatMap((status) =>
      EVENTS.filter((event) => nextStatus(status, event) !== undefined),
    );
    expect(edges).toHaveLength(5);
  });

  test.each(['FAILED', 'CANCELLED', 'FULFILLED'] as const)('stays %s for good', (status) => {
    for (const event of EVENTS) expect(nextStatus(status, event)).toBeUndefined();
  });
});

describe('S1.3 checkout', () => {
  const reservation: CheckoutReservation = {
    reservationId: '018f0000-0000-7000-8000-000000000001',
    skuId: 'SKU-1',
    quantity: 2,
    status: 'RESERVED',
    soldBy: 'reservations',
    totalPrice: '39.98',
    hasOrder: false,
  };

  test('accepts a live reservation without an order', () => {
    expect(refuseCheckout(reservation)).toBeUndefined();
  });

  test.each([
    ['that does not exist for the caller', undefined, 'NOT_FOUND'],
    ['that has lapsed', { ...reservation, status: 'EXPIRED' as const }, 'RESERVATION_EXPIRED'],
    [
      'that was cancelled',
      { ...reservation, status: 'CANCELLED' as const },
      'RESERVATION_NOT_ACTIVE',
    ],
    ['of a campaign', { ...reservation, soldBy: 'campaign' as const }, 'SOLD_ANOTHER_WAY'],
    [
      'that has been ordered',
      { ...reservation, status: 'CONFIRMED' as const, hasOrder: true },
      'ORDER_EXISTS',
    ],
  ])('refuses one %s', (_, given, code) => {
    expect(refuseCheckout(given)?.code).toBe(code);
  });
});
