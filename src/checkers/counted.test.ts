import { describe, expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf, unanswered } from '../../test/judge/story.ts';
import type { CountedFact } from '../history/counted.ts';
import { countedResults } from './counted.ts';

const CALLS = [
  said('buy', 'ann', [0, 10], { quantity: 2 }),
  said('buy', 'bob', [0, 10]),
  unanswered('buy', 'cid', 5),
  refused('buy', 'dan', [20, 30]),
];

const judged = (fact: Partial<CountedFact>, facts: Parameters<typeof saleOf>[0] = {}) => {
  const counted: CountedFact[] = [
    {
      ...{ decision: 'sold', selector: 'orders_total', source: 'http://prometheus:9090' },
      ...{ least: 0, most: null, ...fact },
    },
  ];
  return countedResults(evidenceOf(saleOf({ total: 4, ...facts }), CALLS, { counted }));
};

describe('prometheus-agreement', () => {
  it('is not made where nobody asked a Prometheus', () => {
    expect(countedResults(evidenceOf(saleOf(), CALLS))).toEqual([]);
  });

  it.each([
    ['calls', 2],
    ['calls, with the one that nobody knows the end of', 3],
    ['units', 3],
    ['units, with the ones that nobody knows', 4],
  ])('is valid for a counter of %s', (_, rise) => {
    expect(judged({ least: rise, most: rise })).toMatchObject([
      {
        name: 'prometheus-agreement',
        status: 'valid',
        summary: `the counters agree with the calls: sold ${rise}`,
      },
    ]);
  });

  it('finds a counter that lost a sale', () => {
    expect(judged({ least: 1, most: 1 })).toMatchObject([
      {
        status: 'invalid',
        summary:
          'orders_total counted at most 1 sold during the sale, and buyers were told so in at least 2 calls',
      },
    ]);
    expect(judged({ decision: 'sold_out', most: 0 })).toMatchObject([{ status: 'invalid' }]);
    expect(judged({ decision: 'sold_out', most: 1 })).toMatchObject([{ status: 'valid' }]);
  });

  it('finds a counter that counted more than the calls, unless others buy as well', () => {
    expect(judged({ least: 5, most: 5 })).toMatchObject([
      {
        status: 'invalid',
        summary:
          'orders_total counted at least 5 sold during the sale, and no more than 4 calls can have come to that',
      },
    ]);
    expect(judged({ least: 5, most: 5 }, { shop: 'corner' })).toMatchObject([{ status: 'valid' }]);
    expect(judged({ least: 5 }, { shop: 'corner', nobodyElseBuys: true })).toMatchObject([
      { status: 'invalid' },
    ]);
  });

  it('takes a rise that was not seen to its end for a lower bound', () => {
    expect(judged({ least: 1 })).toMatchObject([
      {
        status: 'valid',
        summary:
          'the counters agree with the calls: sold 1; of sold more may have been counted than http://prometheus:9090 saw',
      },
    ]);
  });

  it('does not guess which refusals a shop counts', () => {
    expect(judged({ decision: 'refused', most: 0 })).toMatchObject([{ status: 'valid' }]);
  });
});
