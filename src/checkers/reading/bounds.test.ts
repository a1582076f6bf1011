import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, said, saleOf, unanswered } from '../../../test/judge/story.ts';
import { atWorst, possibly, surely } from './bounds.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';

/** Holds live 1,000 ms, and the sweep may take 100 ms more. */
const sale = saleOf({ total: 1 });
const reserve = said('reserve', 'ann', [0, 10], { hold: 'a' });

/** The bounds of the first hold in a story, in milliseconds. */
const boundsOf = (...calls: Call[]) => {
  const [hold] = findHolds(evidenceOf(sale, calls)).bySku.get('SKU-1') as [Hold];
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
});
