import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { Evidence } from '../evidence.ts';
import { atWorst, possibly, possiblyAgain, surely } from './bounds.ts';
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
    const interval = bound(hold, sale);
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
  });

  it('have no end once it was bought', () => {
    expect(boundsOf(reserve, said('confirm', 'ann', [20, 30], { hold: 'a' }))).toEqual({
      surely: [10, Number.POSITIVE_INFINITY],
      atWorst: [10, Number.POSITIVE_INFINITY],
      possibly: [0, Number.POSITIVE_INFINITY],
    });
  });

  it('count a cancellation without an answer as done only where that helps the server', () => {
    const { surely, atWorst } = boundsOf(reserve, unanswered('release', 'ann', 20, { hold: 'a' }));
    expect(surely).toEqual([10, 20]);
    expect(atWorst).toEqual([10, 1_000]);
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
});
