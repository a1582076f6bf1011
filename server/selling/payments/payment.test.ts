import { expect, it } from 'vitest';
import type { OrderStatus } from '../../../src/protocol/orders.ts';
import { nextStep, type PaymentStatus } from './payment.ts';

it.each([
  ['PENDING', 'PENDING', 'look_up'],
  ['PENDING', 'CONFIRMED', 'nothing'],
  ['PENDING', 'FAILED', 'refund'],
  ['PENDING', 'CANCELLED', 'refund'],
  ['CHARGED', 'PENDING', 'deliver'],
  ['CHARGED', 'CONFIRMED', 'nothing'],
  ['CHARGED', 'FULFILLED', 'nothing'],
  ['CHARGED', 'FAILED', 'refund'],
  ['CHARGED', 'CANCELLED', 'refund'],
  ['DECLINED', 'FAILED', 'nothing'],
  ['DECLINED', 'CANCELLED', 'nothing'],
  ['REFUNDED', 'FAILED', 'nothing'],
  ['REFUNDED', 'CANCELLED', 'nothing'],
] as [PaymentStatus, OrderStatus, string][])(
  'the next step of a %s payment of a %s order is: %s',
  (payment, order, step) => {
    expect(nextStep(payment, order)).toBe(step);
  },
);
