import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../../test/judge/foreign-story.ts';
import { refused, SKU, said } from '../../../../test/judge/story.ts';
import { attribute } from '../../reading/attribution.ts';
import { noPhantom } from '../no-phantom.ts';

const judged = (...story: Parameters<typeof shopOf>) =>
  noPhantom.check(attribute(shopOf(...story)));

const ann = said('buy', 'ann', [0, 10], { order: '1' });
const ofAnn = order({ orderId: '1', userId: 'ann', quantity: 1 });
const TOTAL = { total: 3 };

describe('an order of a shop', () => {
  const ofBob = order({ orderId: '2', userId: 'bob', quantity: 1 });

  it('is a phantom if no call of the run made it, and nobody else buys', () => {
    expect(judged(TOTAL, [ann], { orders: [ofAnn] }).summary).toBe(
      'each of 1 ledger row comes from a call',
    );
    const { status, witness } = judged(TOTAL, [ann], { orders: [ofAnn, ofBob] });
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain(
      'order 2 of 1 unit of SKU-1 for buyer bob was made by no call that succeeded or may have',
    );
    expect(witness?.operations).toEqual([]);
    const others = { ...TOTAL, nobodyElseBuys: false };
    expect(judged(others, [ann], { orders: [ofAnn, ofBob] }).status).toBe('valid');
  });

  it('is shown with the refusal of its buyer', () => {
    const no = refused('buy', 'bob', [20, 30]);
    const calls = [ann, no, said('read', 'bob', [40, 50], { observed: { available: 2 } })];
    const { witness } = judged(TOTAL, calls, { orders: [ofAnn, ofBob] });
    expect(witness?.operations.map(({ kind }) => kind)).toEqual(['buy']);
  });

  it('is shown with the attempt of its buyer that was declined', () => {
    const tried = said('attempt', 'bob', [20, 30], { order: 't' });
    const declined = said('read', 'bob', [40, 50], {
      ...{ order: 't', code: 'OUT_OF_STOCK' },
      observed: { decision: 'FAILED' },
    });
    const { witness } = judged(TOTAL, [ann, tried, declined], { orders: [ofAnn, ofBob] });
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['bob']);
  });

  it('is none once it is cancelled', () => {
    const cancelled = { ...ofBob, status: 'CANCELLED' as const };
    expect(judged(TOTAL, [ann], { orders: [ofAnn, cancelled] }).status).toBe('valid');
  });

  it('is named without its buyer where the books do not tell', () => {
    const orders = [order({ orderId: '1' }), order({ orderId: '2' })];
    expect(judged(TOTAL, [ann], { orders }).witness?.prose).toMatch(
      /order 2 of 1 unit of SKU-1 was made by no call/,
    );
  });
});

describe('a reservation of a shop', () => {
  const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
  const ofBob = (status: 'RESERVED' | 'CONFIRMED' | 'EXPIRED' | 'CANCELLED') => [
    reservation({ reservationId: 'a', userId: 'ann', quantity: 1 }),
    reservation({ reservationId: 'b', userId: 'bob', quantity: 1, status }),
  ];

  it.each([
    ['RESERVED', 'invalid'],
    ['CONFIRMED', 'invalid'],
    ['EXPIRED', 'valid'],
    ['CANCELLED', 'valid'],
  ] as const)('that nobody asked for and that is %s is %s', (status, expected) => {
    const found = judged(TOTAL, [held], { reservations: ofBob(status) });
    expect(found.status).toBe(expected);
  });

  it('that stands for an order of a shop without reservations is counted with it', () => {
    const orders = [ofAnn, order({ orderId: '2', userId: 'bob', quantity: 1 })];
    const { summary } = judged({ skus: [{ skuId: SKU, total: 3 }] }, [ann], { orders });
    expect(summary).toContain('1 of 2 ledger rows come from no call');
  });
});
