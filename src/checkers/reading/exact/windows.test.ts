import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import type { SaleFacts } from '../../../history/operation.ts';
import { cutAtRest } from './windows.ts';

/** A hold lives 1,000 ms, and its units are back within 100 ms more. */
const sale = saleOf({ total: 5 });
const windowsOf = (calls: Call[], facts: Partial<SaleFacts> = {}) => {
  const evidence = evidenceOf({ ...sale, ...facts }, calls);
  return [...cutAtRest(evidence.operations, evidence.sale)];
};
const cutsOf = (calls: Call[], facts: Partial<SaleFacts> = {}) =>
  windowsOf(calls, facts).map((window) => window.calls.length);

const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
const given = said('release', 'ann', [20, 30], { hold: 'a' });
const next = (fromMs: number): Call => refused('reserve', 'ben', [fromMs, fromMs + 5]);

describe('a history', () => {
  it('is cut where nothing is under way and every hold was bought or given back', () => {
    expect(cutsOf([held, bought, next(31)])).toEqual([2, 1]);
    expect(cutsOf([held, given, next(31)])).toEqual([2, 1]);
    expect(cutsOf([held, bought, next(30)])).toEqual([3]);
    expect(cutsOf([held, next(31)])).toEqual([2]);
    expect(cutsOf([next(0), next(31)])).toEqual([1, 1]);
    expect(cutsOf([])).toEqual([]);
    const kept: Call = { ...given, outcome: 'fail', status: 400 };
    expect(cutsOf([held, kept, next(31)])).toEqual([3]);
  });

  it('is cut after a purchase in one call, and not after one that was refused half-way', () => {
    const sold = said('buy', 'ann', [0, 10], { order: 'o' });
    const refusedWith = (code: string) => refused('buy', 'ann', [0, 10], { code });
    expect(cutsOf([sold, next(31)])).toEqual([1, 1]);
    expect(windowsOf([sold, next(31)])[1]?.before).toMatchObject([{ phase: 'sold', units: 1 }]);
    expect(cutsOf([refusedWith('OUT_OF_STOCK'), next(31)])).toEqual([1, 1]);
    expect(windowsOf([refusedWith('OUT_OF_STOCK'), next(31)])[1]?.before).toEqual([]);
    expect(cutsOf([refusedWith('PAYMENT_DECLINED'), next(31)])).toEqual([2]);
    expect(cutsOf([refusedWith('PAYMENT_DECLINED'), next(1_111)])).toEqual([1, 1]);
  });

  it('is cut where every hold has surely lapsed', () => {
    expect(cutsOf([held, next(1_110)])).toEqual([2]);
    expect(cutsOf([held, next(1_111)])).toEqual([1, 1]);
    expect(cutsOf([held, next(9_999)], { holdTtlMs: undefined })).toEqual([2]);
  });

  it('is not cut after a call without an answer', () => {
    expect(cutsOf([unanswered('reserve', 'cem', 0), held, bought, next(9_999)])).toEqual([4]);
    expect(cutsOf([held, bought, unanswered('reserve', 'cem', 31), next(9_999)])).toEqual([2, 2]);
  });

  it('is not cut while a refused checkout may have taken units again', () => {
    const late = (times: [number, number]) =>
      refused('confirm', 'ann', times, { hold: 'a', code: 'RESERVATION_EXPIRED' });
    expect(cutsOf([held, late([1_200, 1_290]), next(2_390)])).toEqual([1, 2]);
    expect(cutsOf([held, late([1_200, 1_290]), next(2_391)])).toEqual([1, 1, 1]);
    expect(cutsOf([held, given, late([22, 28]), next(60)])).toEqual([3, 1]);
    expect(cutsOf([held, late([990, 1_000]), next(1_111)])).toEqual([3]);
    expect(cutsOf([held, given, late([1_200, 1_290]), next(1_300)])).toEqual([2, 1, 1]);
    expect(cutsOf([held, given, late([30, 1_290]), next(1_300)])).toEqual([4]);
    expect(cutsOf([held, given, late([31, 1_290]), next(1_300)])).toEqual([2, 1, 1]);
  });

  it('is not cut after a late checkout that may have sold a second hold without saying so', () => {
    const paid = (fromMs: number) =>
      said('confirm', 'ann', [fromMs, fromMs + 10], { hold: 'a', order: 'o' });
    const shop = { shop: 'corner-shop' };
    expect(cutsOf([held, paid(989), next(5_000)], shop)).toEqual([2, 1]);
    expect(cutsOf([held, paid(990), next(5_000)], shop)).toEqual([3]);
    expect(cutsOf([held, paid(990), next(5_000)])).toEqual([2, 1]);
    // Other calls of such a shop may take as long.
    const slow = said('reserve', 'ben', [0, 1_200], { hold: 'b' });
    const back = said('release', 'ben', [1_210, 1_220], { hold: 'b' });
    expect(cutsOf([slow, back, next(1_300)], shop)).toEqual([2, 1]);
    const late = refused('confirm', 'ann', [1_200, 1_290], { hold: 'a', code: 'EXPIRED' });
    expect(cutsOf([held, late, next(2_391)], shop)).toEqual([1, 1, 1]);
    expect(cutsOf([held, { ...paid(990), newHold: 'b' }, next(5_000)], shop)).toEqual([2, 1]);
    expect(cutsOf([held, paid(990), next(5_000)], { ...shop, holdTtlMs: undefined })).toEqual([
      2, 1,
    ]);
  });

  it('is not cut while a late checkout took units again, and the first ones may not be back', () => {
    const late = (toMs: number) =>
      said('confirm', 'ann', [1_001, toMs], { hold: 'a', newHold: 'n', order: 'o' });
    expect(cutsOf([held, late(1_010), next(1_011)])).toEqual([3]);
    expect(cutsOf([held, late(1_010), next(1_111)])).toEqual([2, 1]);
  });

  it('without a call has no window', () => {
    expect(cutsOf([])).toEqual([]);
  });

  it('is not cut at a moment on which a later "sold out" may rest', () => {
    expect(cutsOf([held, bought, next(35)], { refusalLagMs: 4 })).toEqual([2, 1]);
    expect(cutsOf([held, bought, next(35)], { refusalLagMs: 5 })).toEqual([3]);
    expect(
      cutsOf([held, bought, said('reserve', 'ben', [33, 34], { hold: 'b' }), next(35)], {
        refusalLagMs: 5,
      }),
    ).toEqual([4]);
  });
});

describe('a window', () => {
  const lastOf = (...calls: Call[]) => windowsOf(calls).at(-1);

  it('begins with what its buyers have bought, and with the units of others as one', () => {
    const cem = said('reserve', 'cem', [0, 10], { hold: 'c', quantity: 2 });
    const both = [held, cem, bought, said('confirm', 'cem', [20, 30], { hold: 'c', order: 'p' })];
    const others = { id: '', buyer: undefined, phase: 'sold' };
    expect(lastOf(...both, next(40))?.before).toMatchObject([{ ...others, units: 3 }]);
    const cancelled = said('cancel', 'ann', [35, 38], { order: 'o' });
    expect(lastOf(...both, cancelled, next(40))?.before).toMatchObject([{ ...others, units: 2 }]);
    const again = refused('reserve', 'ann', [40, 50]);
    expect(lastOf(...both, again)?.before).toMatchObject([
      { ...others, units: 2 },
      { id: '', buyer: 'ann', phase: 'sold', units: 1 },
    ]);
    const cancel = said('cancel', 'ann', [40, 50], { order: 'o' });
    expect(lastOf(...both, cancel)?.before).toMatchObject([
      { ...others, units: 2 },
      { id: 'a', buyer: 'ann', phase: 'sold', units: 1, boughtBy: { order: 'o' } },
    ]);
    expect(lastOf(held, given, next(40))?.before).toEqual([]);
  });

  it('begins with the holds and orders that its calls name', () => {
    const late = refused('confirm', 'ben', [2_000, 2_010], { hold: 'a', code: 'NOT_FOUND' });
    expect(lastOf(held, late)?.before).toMatchObject([{ id: 'a', phase: 'back' }]);
    expect(lastOf(held, given, late)?.before).toMatchObject([{ id: 'a', phase: 'released' }]);
    const cancel = said('cancel', 'ben', [40, 50], { order: 'o' });
    expect(lastOf(held, bought, cancel)?.before).toMatchObject([{ id: 'a', phase: 'sold' }]);
    expect(lastOf(held, bought, cancel, { ...late, buyer: 'ann' })?.before).toMatchObject([
      { id: 'a', phase: 'returned' },
    ]);
  });

  it('begins with the second hold of a late checkout, and the first one lapsed', () => {
    const late = said('confirm', 'ann', [1_200, 1_210], { hold: 'a', newHold: 'n', order: 'o' });
    const cancel = said('cancel', 'ann', [1_300, 1_310], { hold: 'a', order: 'o' });
    expect(lastOf(held, late, cancel)?.before).toMatchObject([
      { id: 'a', phase: 'back' },
      { id: 'n', phase: 'sold', boughtBy: { order: 'o' } },
    ]);
  });
});
