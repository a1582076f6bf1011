import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../test/judge/attempt-story.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { findBuyersHolds, releasedByNs, returnedByNs, soldByNs } from './buyers-holds.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';

const sale = saleOf({ total: 9 });
const held = said('reserve', 'ann', [0, 10], { hold: 'a' });

describe('the holds of a buyer', () => {
  it('are those of the calls, the rows of the books, and the rows of which nobody knows the call', () => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'x', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'y', buyer: 'ben' },
    ]);
    const calls = [held, said('reserve', 'cem', [0, 10], { hold: 'c', buyer: undefined })];
    const { holds, rows, unexplained } = findBuyersHolds(evidenceOf(sale, calls, { ledger }));
    const idsIn = (lists: Map<string, { id?: string | undefined; reservationId?: string }[]>) =>
      Object.fromEntries(
        [...lists].map(([buyer, list]) => [
          buyer,
          list.map((each) => each.id ?? each.reservationId).join(),
        ]),
      );
    expect(idsIn(holds)).toEqual({ 'SKU-1 ann': 'a' });
    expect(idsIn(rows)).toEqual({ 'SKU-1 ann': 'a,x', 'SKU-1 ben': 'y' });
    expect(idsIn(unexplained)).toEqual({ 'SKU-1 ann': 'x', 'SKU-1 ben': 'y' });
  });

  it('are those of the calls alone where there are no books', () => {
    const { holds, rows, unexplained } = findBuyersHolds(evidenceOf(sale, [held]));
    expect([holds.size, rows.size, unexplained.size]).toEqual([1, 0, 0]);
  });
});

describe('the end of a hold', () => {
  const timesOf = (...calls: Call[]) => {
    const hold = findHolds(evidenceOf(sale, [held, ...calls])).byId.get('a') as Hold;
    return [soldByNs(hold), returnedByNs(hold), releasedByNs(hold)].map((ns) => ns && ns / 1e6);
  };
  const paid = (times: [number, number]) =>
    said('confirm', 'ann', times, { hold: 'a', order: 'o' });

  it('is known from the first yes to a call that brought it about', () => {
    expect(timesOf()).toEqual([undefined, undefined, undefined]);
    expect(timesOf(paid([20, 50]), paid([21, 40]))).toEqual([40, undefined, undefined]);
    const given = (times: [number, number]) => said('release', 'ann', times, { hold: 'a' });
    expect(timesOf(given([20, 50]), given([21, 40]))).toEqual([undefined, undefined, 40]);
    const cancelled = (times: [number, number]) => said('cancel', 'ann', times, { order: 'o' });
    expect(timesOf(paid([20, 30]), cancelled([40, 90]), cancelled([41, 80]))).toEqual([
      ...[30, 80, undefined],
    ]);
  });

  it('is told by no call without an answer', () => {
    const facts = { hold: 'a', order: 'o' };
    expect(timesOf(unanswered('confirm', 'ann', 20, facts))).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(timesOf(unanswered('release', 'ann', 20, facts))[2]).toBeUndefined();
    const lost = unanswered('cancel', 'ann', 40, facts);
    expect(timesOf(paid([20, 30]), lost)).toEqual([30, undefined, undefined]);
  });

  it('as the sale of an attempt is known when its buyer was told, and not when it was accepted', () => {
    const { bySku } = findHolds(inAttempts());
    const byBuyer = (name: string) =>
      bySku.get('SKU-1')?.find(({ buyer }) => buyer === name) as Hold;
    expect(soldByNs(byBuyer('ann'))).toBe(50e6);
    expect(soldByNs(byBuyer('bob'))).toBeUndefined();
  });
});
