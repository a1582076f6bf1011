import { expect, it } from 'vitest';
import { createRuleReader } from './rule-reader.ts';

const contents = {
  body: { skuId: 'LAMP', quantity: 2 },
  path: { id: 'r-1' },
  answer: { order: { id: 7 }, stock: { available: 3, reserved: 'none' }, status: 'SUCCESS' },
};

it('reads facts from the places that a rule names', () => {
  const reader = createRuleReader({
    kind: 'reserve',
    method: 'POST',
    path: '/',
    sku: 'body.skuId',
    quantity: 'body.quantity',
    hold: 'path.id',
    answerOrder: 'answer.order.id',
    answerHold: 'answer.missing.id',
  });
  expect(reader.readsBody).toBe(true);
  expect(reader.sku(contents)).toBe('LAMP');
  expect(reader.quantity(contents)).toBe(2);
  expect(reader.hold(contents)).toBe('r-1');
  expect(reader.answerOrder(contents)).toBe(7);
  expect(reader.answerHold(contents)).toBeUndefined();
  expect(reader.voucher(contents)).toBeUndefined();
  expect(reader.observed).toBeUndefined();
});

it('reads observed counts as numbers and a decision as text', () => {
  const { readsBody, observed } = createRuleReader({
    kind: 'read',
    method: 'GET',
    path: '/',
    sku: 'path.id',
    answerObserved: {
      available: 'answer.stock.available',
      reserved: 'answer.stock.reserved',
      decision: 'answer.status',
    },
  });
  expect(readsBody).toBe(false);
  expect(observed?.(contents)).toEqual({
    available: 3,
    reserved: undefined,
    sold: undefined,
    decision: 'SUCCESS',
  });
});
