import { describe, expect, it } from 'vitest';
import { reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { Evidence } from '../evidence.ts';
import { allSurely, atWorst, possibly, possiblyAgain, surely } from './bounds.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';

/** Holds live 1,000 ms, and the sweep may take 100 ms more. */
const sale = saleOf({ total: 1 });
const reserve = said('reserve', 'ann', [0, 10], { hold: 'a' });

/** The bounds of the first hold in a story, in milliseconds. */
const boundsOf = (...calls: Call[]) => boundsIn(evidenceOf(sale, calls), 0);

const boundsIn = (evidence: Evidence, place: number) => {
  const hold = findHolds(evidence).bySku.get('SKU-1')?.[place] as Hold;
  const inMs = (bound: typeof surely) => {
    const interval = bound(hold, evidence.sale);
    return interval && [interval.fromNs / 1e6, interval.untilNs / 1e6];
  };
  return { surely: inMs(surely), atWorst: inMs(atWorst), possibly: inMs(possibly) };
};

describe('the bounds of a hold', () => {
  it('run from its answer to its earliest expiry, or from its call to its latest', () => {
    expect(boundsOf(reserve)).toEqual({
      surely: [10, 1_000],
      atWorst: [10, 1_000],
      possibly: [0, 1_110],
    });
  });

  it('end with its cancellation', () => {
    expect(boundsOf(reserve, said('release', 'ann', [20, 30], { hold: 'a' }))).toEqual({
      surely: [10, 20],
      atWorst: [10, 20],
      possibly: [0, 30],
    });
  });

  it('end with the cancellation of its order, paid or not', () => {
    const accepted = unanswered('confirm', 'ann', 20, { hold: 'a', order: 'o', status: 202 });
    expect(boundsOf(reserve, accepted, said('cancel', 'ann', [40, 50], { order: 'o' }))).toEqual({
      surely: [10, 40],
      atWorst: [10, 40],
      possibly: [0, 50],
    });
  });

  it('end with the lapse if an order is cancelled later that was never paid', () => {
    const accepted = unanswered('confirm', 'ann', 20, { hold: 'a', order: 'o', status: 202 });
    const cancelled = (atMs: number) =>
      boundsOf(reserve, accepted, said('cancel', 'ann', [atMs - 5, atMs], { order: 'o' })).possibly;
    expect(cancelled(999)).toEqual([0, 999]);
    expect(cancelled(1_000)).toEqual([0, 1_110]);
    expect(cancelled(1_200)).toEqual([0, 1_200]);
    const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
    const back = said('cancel', 'ann', [1_040, 1_050], { order: 'o' });
    expect(boundsOf(reserve, paid, back).possibly).toEqual([0, 1_050]);
  });

  it('have no end once it was bought', () => {
    expect(boundsOf(reserve, said('confirm', 'ann', [20, 30], { hold: 'a' }))).toEqual({
      surely: [10, Number.POSITIVE_INFINITY],
      atWorst: [10, Number.POSITIVE_INFINITY],
      possibly: [0, Number.POSITIVE_INFINITY],
    });
  });

  it('count a cancellation without an answer as done only where that helps the server', () => {
    expect(boundsOf(reserve, unanswered('release', 'ann', 20, { hold: 'a' }))).toEqual({
      surely: [10, 20],
      atWorst: [10, 1_000],
      possibly: [0, 1_110],
    });
  });

  it('are only possible while its call has no answer', () => {
    expect(boundsOf(unanswered('reserve', 'ann', 5))).toEqual({
      surely: undefined,
      atWorst: [5, Number.POSITIVE_INFINITY],
      possibly: [5, Number.POSITIVE_INFINITY],
    });
  });

  it('end with the cancellation of the order that bought it', () => {
    const confirm = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
    const cancel = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    expect(boundsOf(reserve, confirm, cancel)).toEqual({
      surely: [10, 40],
      atWorst: [10, 40],
      possibly: [0, 50],
    });
    const lost = unanswered('cancel', 'ann', 40, { order: 'order-a' });
    expect(boundsOf(reserve, confirm, lost)).toEqual({
      surely: [10, 40],
      atWorst: [10, Number.POSITIVE_INFINITY],
      possibly: [0, Number.POSITIVE_INFINITY],
    });
  });

  it('reach to the checkout that succeeded after a cancellation had been asked for', () => {
    const confirm = said('confirm', 'ann', [20, 30], { hold: 'a' });
    const release = said('release', 'ann', [15, 25], { hold: 'a' });
    expect(boundsOf(reserve, release, confirm)).toMatchObject({
      surely: [10, 20],
      atWorst: [10, 20],
    });
  });

  it('leave nothing sure of a hold that may have lapsed before its answer came', () => {
    for (const answeredMs of [1_000, 2_000]) {
      const { surely, atWorst } = boundsOf(said('reserve', 'ann', [0, answeredMs], { hold: 'a' }));
      expect([surely, atWorst]).toEqual([undefined, undefined]);
    }
  });

  it('know nothing for sure of an attempt beside the one that succeeded', () => {
    const calls = [
      said('attempt', 'ann', [0, 10], { callId: 'try-1' }),
      said('attempt', 'ann', [1, 11], { callId: 'try-2' }),
      said('read', 'ann', [20, 30], { observed: { decision: 'SUCCESS' } }),
    ];
    expect(boundsIn(evidenceOf(sale, calls), 1)).toEqual({
      surely: undefined,
      atWorst: [1, Number.POSITIVE_INFINITY],
      possibly: [1, Number.POSITIVE_INFINITY],
    });
    // The ledger shows that it made no sale, but not that it never held a unit, nor until when.
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-1' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    expect(boundsIn(evidenceOf(sale, calls, { ledger }), 1)).toEqual({
      surely: undefined,
      atWorst: undefined,
      possibly: [1, Number.POSITIVE_INFINITY],
    });
  });

  it('let units be held again while a checkout after the lapse is under way, though it is refused', () => {
    const declined = (times: [number, number]) => refused('confirm', 'ann', times, { hold: 'a' });
    const calls = [
      reserve,
      declined([20, 30]),
      declined([900, 1_200]),
      declined([1_100, 1_300]),
      refused('release', 'ann', [1_100, 1_300], { hold: 'a' }),
    ];
    const hold = findHolds(evidenceOf(sale, calls)).byId.get('a') as Hold;
    const times = possiblyAgain(hold, sale).map(({ fromNs, untilNs }) => [
      fromNs / 1e6,
      untilNs / 1e6,
    ]);
    expect(times).toEqual([
      [1_000, 1_200],
      [1_100, 1_300],
    ]);
  });

  it('end with the first of several cancellations', () => {
    const given = (times: [number, number]) => said('release', 'ann', times, { hold: 'a' });
    expect(boundsOf(reserve, given([20, 40]), given([22, 30]))).toEqual({
      surely: [10, 20],
      atWorst: [10, 20],
      possibly: [0, 30],
    });
  });

  it('are those of a hold that a refused checkout has left, as long as it may live', () => {
    const entry = (kind: Entry['kind'], hold: string, callId?: string): Entry => ({
      ...{ kind, hold, buyer: 'ann', callId },
    });
    const ledger = booksOf(sale, [
      entry('RESERVED', 'a', 'first'),
      entry('EXPIRED', 'a'),
      entry('RESERVED', 'n', 'late'),
      entry('EXPIRED', 'n'),
    ]);
    const facts = { hold: 'a', callId: 'late' };
    const boundsAfter = (late: Call) =>
      boundsIn(evidenceOf(sale, [{ ...reserve, callId: 'first' }, late], { ledger }), 1);
    expect(boundsAfter(refused('confirm', 'ann', [1_100, 1_200], facts))).toEqual({
      surely: undefined,
      atWorst: undefined,
      possibly: [1_100, 2_300],
    });
    expect(boundsAfter(unanswered('confirm', 'ann', 1_100, facts)).possibly).toEqual([
      1_100,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe('the bounds of a hold in a described shop', () => {
  const shop = { total: 1, shop: 'corner-shop' };
  const surelyIn = (holdTtlMs: number | undefined, ...calls: Call[]) =>
    boundsIn(evidenceOf(saleOf({ ...shop, holdTtlMs }), calls), 0).surely;
  const paid = (times: [number, number]) => said('confirm', 'ann', times, { hold: 'a' });

  it('are sure from the answer to a late checkout on, which may have taken the units again', () => {
    expect(surelyIn(1_000, reserve)).toEqual([10, 1_000]);
    expect(surelyIn(1_000, reserve, paid([900, 1_000]))).toEqual([10, Number.POSITIVE_INFINITY]);
    expect(surelyIn(1_000, reserve, paid([900, 1_001]))).toEqual([1_001, Number.POSITIVE_INFINITY]);
    expect(surelyIn(undefined, reserve, paid([20, 30]))).toEqual([30, Number.POSITIVE_INFINITY]);
    const first = unanswered('confirm', 'ann', 15, { hold: 'a' });
    expect(surelyIn(10, reserve, first, paid([20, 30]))).toEqual([30, Number.POSITIVE_INFINITY]);
    // A purchase in one call, whose answer tells of all.
    expect(surelyIn(5, said('buy', 'ann', [0, 10]))).toEqual([10, Number.POSITIVE_INFINITY]);
  });

  it('are sure before a late checkout as well, unless no answer tells that the hold was made', () => {
    const sureIn = (call: Call) => {
      const evidence = evidenceOf(saleOf(shop), [call, paid([900, 1_001])]);
      const [hold] = findHolds(evidence).bySku.get('SKU-1') ?? [];
      return allSurely(hold as Hold, evidence.sale).map(({ fromNs, untilNs }) => [
        fromNs / 1e6,
        untilNs / 1e6,
      ]);
    };
    expect(sureIn(reserve)).toEqual([
      [10, 1_000],
      [1_001, Number.POSITIVE_INFINITY],
    ]);
    expect(sureIn({ ...reserve, outcome: 'info', status: 202 })).toEqual([]);
  });

  it('are sure at no time if no answer tells of the checkout, though the books do', () => {
    const lost = unanswered('confirm', 'ann', 20, { hold: 'a' });
    const row = { reservationId: 'a', userId: 'ann', quantity: 1, status: 'CONFIRMED' } as const;
    const rows = { reservations: [reservation(row)] };
    const bounds = (facts: object) => boundsIn(shopOf(facts, [reserve, lost], rows), 0).surely;
    expect(bounds({ holdTtlMs: 1_000 })).toBeUndefined();
    expect(bounds({ holdTtlMs: 1_000, shop: undefined })).toEqual([10, Number.POSITIVE_INFINITY]);
  });
});

describe('the bounds of an attempt', () => {
  const tried = said('attempt', 'ann', [0, 10]);
  const told = (decision: string, code?: string) =>
    said('read', 'ann', [20, 30], { observed: { decision }, ...(code && { code }) });

  it('that was declined end when its buyer was told why, or when what it may have held has lapsed', () => {
    expect(boundsOf(tried, told('FAILED', 'OUT_OF_STOCK'))).toEqual({
      surely: undefined,
      atWorst: undefined,
      possibly: [0, 130],
    });
    for (const code of [undefined, 'UNHEARD_OF']) {
      expect(boundsOf(tried, told('FAILED', code)).possibly).toEqual([0, 1_130]);
    }
  });

  it('that succeeded begin for sure when its buyer was told, and have no end', () => {
    expect(boundsOf(tried, told('SUCCESS'))).toEqual({
      surely: [30, Number.POSITIVE_INFINITY],
      atWorst: [30, Number.POSITIVE_INFINITY],
      possibly: [0, Number.POSITIVE_INFINITY],
    });
  });

  it('have no end where the "no" may be about another attempt of the buyer', () => {
    const shop = saleOf({ total: 1, shop: 'corner-shop' });
    const calls = [tried, said('attempt', 'ann', [1, 11]), told('FAILED', 'OUT_OF_STOCK')];
    expect(boundsIn(evidenceOf(shop, calls), 0).possibly).toEqual([0, Number.POSITIVE_INFINITY]);
    expect(boundsIn(evidenceOf(sale, calls), 0).possibly).toEqual([0, 130]);
  });
});
