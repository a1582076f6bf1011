import { describe, expect, test } from 'vitest';
import { OrderStatus } from '../../../src/protocol/orders.ts';
import { nextStatus, type OrderEvent } from './order.ts';

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
