import { describe, expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf } from '../../../test/judge/story.ts';
import { NOT_ALONE } from '../../history/operation.ts';
import { isGivenBack, mayBeHalfWay } from './half-way.ts';

const sale = saleOf();
const refusedWith = (kind: 'buy' | 'register', code: string) =>
  mayBeHalfWay({ ...refused(kind, 'ann', [0, 9], { code }), id: 1 }, sale);

describe('a call that takes and sells at once', () => {
  it('may have got no further than the hold when its payment was declined', () => {
    expect(refusedWith('buy', 'PAYMENT_DECLINED')).toBe(true);
    expect(refusedWith('register', 'CONTENTION_LOST')).toBe(true);
  });

  it('may have held units when its own hold ended meanwhile', () => {
    for (const code of ['RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE', 'ORDER_EXISTS']) {
      expect(refusedWith('buy', code)).toBe(true);
      expect(refusedWith('register', code)).toBe(false);
    }
  });

  it('took nothing when it was refused for a reason that others can look into, or was granted', () => {
    expect(refusedWith('buy', 'OUT_OF_STOCK')).toBe(false);
    expect(refusedWith('buy', 'ALREADY_RESERVED')).toBe(false);
    expect(mayBeHalfWay({ ...said('buy', 'ann', [0, 9]), id: 1 }, sale)).toBe(false);
  });
});

describe('a line that was refused because of others', () => {
  const isBack = (...codes: string[]) => {
    const lines = [NOT_ALONE, ...codes].map((code, place) =>
      refused('buy', 'ann', [0, 9], { code, basket: 'b', sku: `SKU-${place}` }),
    );
    const evidence = evidenceOf(sale, [...lines, refused('buy', 'bob', [0, 9], { code: 'RIVAL' })]);
    return evidence.operations.map((call) => isGivenBack(call, evidence));
  };

  it('is given back when nothing was taken of those', () => {
    expect(isBack('OUT_OF_STOCK')).toEqual([true, false, false]);
    expect(isBack('OUT_OF_STOCK', NOT_ALONE)).toEqual([true, false, true, false]);
  });

  it('may be held as long as one of them may be', () => {
    expect(isBack('PAYMENT_DECLINED')[0]).toBe(false);
    expect(isBack('OUT_OF_STOCK', 'RESERVATION_EXPIRED')[0]).toBe(false);
  });
});
