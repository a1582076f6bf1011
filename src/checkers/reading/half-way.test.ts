import { describe, expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf } from '../../../test/judge/story.ts';
import { NOT_ALONE, ofSomeLine } from '../../history/operation.ts';
import { isGivenBack, mayBeHalfWay, mayBeTakenAlone } from './half-way.ts';

const sale = saleOf();
const refusedWith = (kind: 'buy' | 'register', code: string) =>
  mayBeHalfWay(refused(kind, 'ann', [0, 9], { code }), sale);

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
    expect(mayBeHalfWay(said('buy', 'ann', [0, 9]), sale)).toBe(false);
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

  it('is given back where the reason of the whole basket tells that nothing was taken', () => {
    const ofSome = (kind: 'reserve' | 'buy', code: string) =>
      isGivenBack(
        { ...refused(kind, 'ann', [0, 9], { code: ofSomeLine(code), basket: 'b' }), id: 1 },
        evidenceOf(sale, []),
      );
    expect(ofSome('buy', 'OUT_OF_STOCK')).toBe(true);
    expect(ofSome('buy', 'RESERVATION_EXPIRED')).toBe(false);
    expect(ofSome('reserve', 'RESERVATION_EXPIRED')).toBe(true);
  });

  it('is one of a basket', () => {
    const alone = refused('buy', 'ann', [0, 9], { code: NOT_ALONE });
    const evidence = evidenceOf(sale, [alone]);
    expect(evidence.operations.map((call) => isGivenBack(call, evidence))).toEqual([false]);
  });

  it('may be held as long as one of them may be', () => {
    expect(isBack('PAYMENT_DECLINED')[0]).toBe(false);
    expect(isBack('OUT_OF_STOCK', 'RESERVATION_EXPIRED')[0]).toBe(false);
  });
});

describe('a line of a basket', () => {
  const isAlone = (facts: Partial<Parameters<typeof mayBeTakenAlone>[0]>, shop?: string) =>
    mayBeTakenAlone(
      { ...said('reserve', 'ann', [0, 9], { basket: 'b', ...facts }), id: 1 },
      saleOf({ shop }),
    );

  it('may be taken before the others in a described shop, and never in our own', () => {
    expect(isAlone({}, 'corner-shop')).toBe(true);
    expect(isAlone({ kind: 'buy' }, 'corner-shop')).toBe(true);
    expect(isAlone({})).toBe(false);
    expect(isAlone({ basket: undefined }, 'corner-shop')).toBe(false);
    expect(isAlone({ kind: 'confirm' }, 'corner-shop')).toBe(false);
  });
});
