import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, refused, SKU, said, saleOf } from '../../../../test/judge/story.ts';
import type { SkuOnSale } from '../../../history/operation.ts';
import { check } from './testing/refusals.ts';

const told = (offer: Partial<SkuOnSale>, ...calls: Call[]) => {
  const sale = saleOf({ skus: [{ skuId: SKU, total: 9, ...offer }], unitsPerBuyerMax: 2 });
  return check(evidenceOf(sale, calls)).status;
};

describe('"sold in another way"', () => {
  const answer = (kind: Call['kind']) =>
    refused(kind, 'ann', [0, 10], { code: 'SOLD_ANOTHER_WAY' });

  it.each([
    ['register', 'campaign', 'invalid'],
    ['reserve', 'reservations', 'invalid'],
    ['reserve', 'campaign', 'valid'],
    ['confirm', 'flash-sale', 'valid'],
    ['buy', 'reservations', 'valid'],
    ['reserve', undefined, 'valid'],
  ] as const)('to %s, of a SKU of which is known "%s": %s', (kind, soldBy, status) => {
    expect(told({ soldBy }, answer(kind))).toBe(status);
  });
});

describe('"above the limit"', () => {
  const answer = (quantity: number, facts: Partial<Call> = {}) =>
    refused('reserve', 'ann', [20, 30], { code: 'LIMIT_EXCEEDED', quantity, ...facts });

  it('is false to a buyer who has nothing and asks for no more than it', () => {
    expect(told({}, answer(2))).toBe('invalid');
    expect(told({}, answer(3))).toBe('valid');
  });

  it('may be true of a buyer who has or may have units', () => {
    expect(told({}, said('reserve', 'ann', [0, 10], { hold: 'a' }), answer(2))).toBe('valid');
    expect(told({}, said('reserve', 'bob', [0, 10], { hold: 'b' }), answer(2))).toBe('invalid');
    expect(told({ wasOnSale: true }, answer(2))).toBe('valid');
    expect(told({}, answer(2, { buyer: undefined }))).toBe('valid');
  });
});
