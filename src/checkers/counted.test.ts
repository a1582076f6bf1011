import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../test/judge/story.ts';
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

  it.each([0, 1, 2])('takes no line of a basket for surely counted: %s', (rise) => {
    const basket = [1, 2].map((line) =>
      said('buy', 'ann', [0, 10], { basket: 'ann-1', callId: `ann-1.${line}`, sku: `SKU-${line}` }),
    );
    const counted = [
      {
        ...{
          decision: 'sold' as const,
          selector: 'orders_total',
          source: 'http://prometheus:9090',
        },
        ...{ least: rise, most: rise },
      },
    ];
    expect(countedResults(evidenceOf(saleOf({ total: 4 }), basket, { counted }))).toMatchObject([
      { status: 'valid' },
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

  const ALL = (
    [
      ...(['reserve', 'confirm', 'release', 'cancel', 'register'] as const),
      ...(['buy', 'attempt', 'redeem', 'read'] as const),
    ] as const
  ).map((kind, place) => said(kind, `buyer-${place}`, [place, place + 1]));

  /** The fewest and the most of a decision that a counter may have seen, by the calls. */
  const boundsOf = (decision: CountedFact['decision'], calls: Call[]): [number, number] => {
    const statusOf = (least: number, most: number | null) =>
      countedResults(
        evidenceOf(saleOf(), calls, {
          counted: [{ decision, selector: 'one', source: 'two', least, most }],
        }),
      )[0]?.status;
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    const isRight = (least: number, most: number | null) => statusOf(least, most) === 'valid';
    return [
      numbers.find((most) => isRight(0, most)) ?? -1,
      numbers.findLast((least) => isRight(least, null)) ?? -1,
    ];
  };

  it.each([
    ['reserved', [1, 5]],
    ['sold', [3, 4]],
    ['released', [1, 9]],
    ['cancelled', [1, 9]],
    ['refused', [0, 1]],
    ['sold_out', [0, 1]],
  ] as const)('knows which calls come to %s, and which may', (decision, bounds) => {
    expect(boundsOf(decision, ALL)).toEqual(bounds);
    const open = ALL.map((call, place) => unanswered(call.kind, `buyer-${place}`, place));
    const most = { reserved: 5, sold: 4, released: 9, cancelled: 9, refused: 9, sold_out: 9 };
    expect(boundsOf(decision, open)).toEqual([0, most[decision]]);
  });

  it('knows who was refused, and who for want of units', () => {
    const declined = refused('buy', 'eve', [40, 50], { code: 'PAYMENT_DECLINED' });
    const calls = [...CALLS, declined, refused('redeem', 'ann', [60, 70])];
    expect(boundsOf('sold_out', calls)).toEqual([1, 4]);
    expect(boundsOf('refused', calls)).toEqual([0, 4]);
    expect(boundsOf('sold', [refused('attempt', 'ann', [0, 10])])).toEqual([0, 0]);
  });

  it('does not know if an answer from memory was counted', () => {
    const twice = [0, 20].map((atMs) =>
      said('buy', 'ann', [atMs, atMs + 10], { idempotencyKey: 'k' }),
    );
    expect(boundsOf('sold', twice)).toEqual([0, 2]);
    expect(boundsOf('sold', twice.slice(1))).toEqual([1, 1]);
  });

  it('shows one of the calls that a counter lost, or of those that it cannot have counted', () => {
    const proseOf = (calls: Call[], least: number, most: number | null) => {
      const fact = { decision: 'sold', selector: 'one', source: 'two', least, most } as const;
      const [result] = countedResults(evidenceOf(saleOf(), calls, { counted: [fact] }));
      return result?.witness?.prose.split(': ');
    };
    const shown = 'Buyer ann bought 2 units of SKU-1 at 12:00:00.000 UTC and was told yes';
    expect(proseOf(CALLS, 0, 0)).toEqual([
      expect.stringMatching(/ One of these calls$/),
      expect.stringContaining(shown),
    ]);
    expect(proseOf(CALLS, 9, null)?.[1]).toContain(shown);
    expect(proseOf([refused('buy', 'dan', [20, 30])], 9, null)).toEqual([
      expect.stringMatching(/than the one that happened.$/),
    ]);
  });

  it('names the numbers of all counters, and those that may have counted more', () => {
    const facts = (['reserved', 'sold', 'released'] as const).map((decision, place) => ({
      ...{ decision, selector: 'one', source: 'http://prometheus:9090' },
      ...{ least: 2, most: place === 1 ? 3 : null },
    }));
    const all = [...CALLS, said('release', 'ann', [40, 50]), said('release', 'bob', [40, 50])];
    expect(countedResults(evidenceOf(saleOf(), all, { counted: facts }))[0]?.summary).toBe(
      'the counters agree with the calls: reserved 2, sold 3, released 2; of reserved, released more may have been counted than http://prometheus:9090 saw',
    );
  });
});
