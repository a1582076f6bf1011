import { describe, expect, it } from 'vitest';
import { notValidIn, order, shopOf } from '../../test/judge/foreign-story.ts';
import { type Call, refused, said, unanswered } from '../../test/judge/story.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './verdict.ts';

const namesIn = (evidence: Evidence): string[] => Object.keys(notValidIn(evidence));

const REASONS = {
  'sold-out': 'sold-out',
  'has-bought': 'has-bought',
  'has-one': 'has-one',
} as const;
const shop = (facts: Parameters<typeof shopOf>[0], calls: Call[], ...rest: Rest) =>
  shopOf({ refusals: REASONS, ...facts }, calls, ...rest);
type Rest = Parameters<typeof shopOf> extends [unknown, unknown, ...infer Others] ? Others : never;

/** An accepted attempt, whose answer gave an id. */
const tried = (buyer: string, claim: string, [fromMs, toMs]: [number, number] = [0, 10]): Call =>
  said('attempt', buyer, [fromMs, toMs], { order: claim, status: 202 });
const won = (buyer: string, claim: string, [fromMs, toMs]: [number, number] = [40, 50]): Call =>
  said('read', buyer, [fromMs, toMs], { order: claim, observed: { decision: 'SUCCESS' } });
const lost = (buyer: string, claim: string, code?: string, times: [number, number] = [40, 50]) =>
  said('read', buyer, times, {
    ...{ order: claim, observed: { decision: 'FAILED' } },
    ...(code === undefined ? {} : { code }),
  });

describe('a shop that decides later, by its answers alone', () => {
  const twice = [tried('ann', 'c1'), tried('ann', 'c2')];

  it('may sell all and decline the rest, also the second attempt of a buyer', () => {
    const calls = [
      ...twice,
      ...[
        tried('bob', 'c3'),
        tried('cid', 'c4'),
        refused('attempt', 'dan', [60, 70], { code: 'sold-out' }),
      ],
      ...[won('ann', 'c2'), lost('ann', 'c1', 'has-bought'), won('bob', 'c3')],
      lost('cid', 'c4', 'sold-out'),
    ];
    const { status, checks } = judge(shop({ total: 2, sellOutExpected: true }, calls));
    expect(notValidIn(shop({ total: 2 }, calls))).toEqual({});
    expect(status).toBe('valid');
    const statusOf = (name: string) => checks.find((check) => check.name === name)?.status;
    expect(statusOf('one-per-buyer')).toBe('valid');
    expect(statusOf('no-false-sold-out')).toBe('valid');
    expect(statusOf('no-false-refusal')).toBe('valid');
  });

  it('is caught giving a second unit to a buyer who attempted twice', () => {
    const calls = [...twice, won('ann', 'c1'), won('ann', 'c2')];
    expect(notValidIn(shop({ total: 5 }, calls))['one-per-buyer']).toContain(
      'invalid: buyer ann had 2',
    );
    expect(notValidIn(shop({ total: 1, unitsPerBuyerMax: undefined }, calls))).toHaveProperty(
      'never-oversold',
    );
    // Without ids nobody knows which attempt the answers are about.
    const nameless = calls.map(({ order: _, ...call }) => call);
    expect(notValidIn(shop({ total: 5 }, nameless))['one-per-buyer']).toContain('unknown');
  });

  it('may answer a second attempt with the id of the first', () => {
    const calls = [tried('ann', 'c1'), tried('ann', 'c1', [20, 30]), won('ann', 'c1')];
    expect(notValidIn(shop({ total: 1 }, calls))).toEqual({});
  });

  it('leaves open what nobody was told', () => {
    const calls = [...twice, won('ann', 'c1')];
    expect(notValidIn(shop({ total: 5 }, calls))['one-per-buyer']).toContain('unknown');
    expect(notValidIn(shop({ total: 5 }, [...calls, lost('ann', 'c2')]))).toEqual({});
  });

  it('is caught declining as sold out while units stayed free', () => {
    const calls = [
      tried('ann', 'c1'),
      tried('bob', 'c2'),
      won('ann', 'c1'),
      lost('bob', 'c2', 'sold-out'),
    ];
    expect(namesIn(shop({ total: 2 }, calls))).toEqual(['no-false-sold-out']);
    expect(namesIn(shop({ total: 1 }, calls))).toEqual([]);
    // Attempts that were all declined so had no units for each other.
    const all = ['ann', 'bob', 'cid'].flatMap((buyer) => [
      tried(buyer, `c-${buyer}`),
      lost(buyer, `c-${buyer}`, 'sold-out'),
    ]);
    expect(namesIn(shop({ total: 1 }, all))).toEqual(['no-false-sold-out']);
  });

  it('is not caught where another attempt may have had the units', () => {
    const declined = [tried('bob', 'c2'), lost('bob', 'c2', 'sold-out')];
    const judged = (...others: Call[]) => namesIn(shop({ total: 1 }, [...others, ...declined]));
    expect(judged(tried('ann', 'c1'))).not.toContain('no-false-sold-out');
    expect(judged(unanswered('attempt', 'ann', 0))).not.toContain('no-false-sold-out');
    expect(judged(tried('ann', 'c1'), lost('ann', 'c1', 'has-bought'))).not.toContain(
      'no-false-sold-out',
    );
    expect(judged(tried('ann', 'c1'), lost('ann', 'c1', undefined, [20, 30]))).toEqual([]);
    expect(judged()).toEqual(['no-false-sold-out']);
  });

  it('has back what a declined attempt may have held, when its buyer has been told for some time', () => {
    const early = [tried('ann', 'c1'), lost('ann', 'c1', 'has-bought', [20, 30])];
    const at = (ms: number) => [
      ...early,
      tried('bob', 'c2', [ms, ms + 1]),
      lost('bob', 'c2', 'sold-out', [ms + 2, ms + 3]),
    ];
    const facts = {
      total: 1,
      refusals: { 'sold-out': 'sold-out', 'has-bought': 'has-bought' },
    } as const;
    // The units of what has ended are back 100 ms later.
    expect(namesIn(shop(facts, at(120)))).not.toContain('no-false-sold-out');
    expect(namesIn(shop(facts, at(140)))).toContain('no-false-sold-out');
  });

  it('is caught with a reason that is not true of the buyer, and a no has one only if the shop gave it', () => {
    const declined = (code?: string) => [tried('ann', 'c1'), lost('ann', 'c1', code)];
    expect(namesIn(shop({ total: 2 }, declined('has-bought')))).toEqual(['no-false-refusal']);
    expect(namesIn(shop({ total: 2 }, declined('has-one')))).toEqual(['no-false-refusal']);
    expect(namesIn(shop({ total: 2 }, declined()))).toEqual([]);
    const bought = [tried('ann', 'c2', [5, 15]), won('ann', 'c2', [60, 70])];
    expect(namesIn(shop({ total: 2 }, [...declined('has-bought'), ...bought]))).toEqual([]);
    const open = unanswered('attempt', 'ann', 5);
    expect(namesIn(shop({ total: 2 }, [...declined('has-bought'), open]))).not.toContain(
      'no-false-refusal',
    );
    const alsoDeclined = [tried('ann', 'c2', [5, 15]), lost('ann', 'c2', 'has-bought', [60, 70])];
    expect(namesIn(shop({ total: 2 }, [...declined('has-bought'), ...alsoDeclined]))).toEqual([
      'no-false-refusal',
    ]);
  });

  it('shows the attempt and the answer that told of its decision', () => {
    const calls = [tried('ann', 'c1'), lost('ann', 'c1', 'has-bought')];
    const { checks } = judge(shop({ total: 2 }, calls));
    const { witness } = checks.find(({ name }) => name === 'no-false-refusal') ?? {};
    expect(witness?.operations.map(({ kind }) => kind)).toEqual(['attempt', 'read']);
    expect(witness?.prose).toContain(
      'Buyer ann tried for 1 unit of SKU-1 at 12:00:00.000 UTC and was told no (has-bought) at 12:00:00.050 UTC',
    );
  });

  it('is caught taking a decision back, of one attempt and not of two', () => {
    const calls = [...twice, won('ann', 'c1'), lost('ann', 'c2', undefined, [60, 70])];
    expect(namesIn(shop({ total: 2 }, calls))).toEqual([]);
    const back = [...calls, lost('ann', 'c1', undefined, [80, 90])];
    expect(namesIn(shop({ total: 2 }, back))).toEqual(['monotonic-reads']);
  });
});

describe('a shop that decides later, with its orders', () => {
  const rows = (...buyers: string[]) => ({
    orders: buyers.map((userId, place) => order({ orderId: `${place + 1}`, userId, quantity: 1 })),
  });
  const calls = [
    ...[tried('ann', 'c1'), tried('ann', 'c2'), tried('bob', 'c3')],
    ...[won('ann', 'c1'), lost('ann', 'c2', 'has-bought'), won('bob', 'c3')],
  ];

  it('is right with one order for each success, whatever they are called', () => {
    expect(notValidIn(shop({ total: 2 }, calls, rows('ann', 'bob')))).toEqual({});
    expect(notValidIn(shop({ total: 2 }, calls, rows('bob', 'ann')))).toEqual({});
    // Attempts and orders may be counted apart, each from 1.
    const numbered = calls.map((call) => ({ ...call, order: call.order?.slice(1) ?? '' }));
    expect(notValidIn(shop({ total: 2 }, numbered, rows('bob', 'ann')))).toEqual({});
    const nameless = { orders: [order({ orderId: '2' }), order({ orderId: '9' })] };
    expect(notValidIn(shop({ total: 2 }, numbered, nameless))).toEqual({});
  });

  it('is caught without the order of a success, though its buyer has another', () => {
    expect(namesIn(shop({ total: 2 }, calls, rows('ann')))).toEqual(['no-lost-acknowledged']);
    const both = [
      ...calls.filter(({ order: id }) => id !== 'c2'),
      tried('ann', 'c2'),
      won('ann', 'c2'),
    ];
    const judged = shop({ total: 9, unitsPerBuyerMax: 2 }, both, rows('ann', 'bob'));
    expect(notValidIn(judged)['no-lost-acknowledged']).toContain('1 of 3');
  });

  it('is caught with an order of an attempt that was declined, unless that order failed too', () => {
    const extra = shop({ total: 9, unitsPerBuyerMax: 2 }, calls, rows('ann', 'bob', 'ann'));
    expect(notValidIn(extra)['no-phantom']).toContain('1 of 3 ledger rows');
    const failed = order({ orderId: '3', userId: 'ann', quantity: 1, status: 'FAILED' });
    const kept = { orders: [...rows('ann', 'bob').orders, failed] };
    expect(notValidIn(shop({ total: 2 }, calls, kept))).toEqual({});
    const others = { total: 4, nobodyElseBuys: false } as const;
    const declined = [...calls, tried('cid', 'c4'), lost('cid', 'c4', 'sold-out')];
    expect(namesIn(shop(others, declined, kept))).toEqual(['no-false-sold-out']);
  });

  it('may delete the order of an attempt that its buyer cancels', () => {
    const cancelled = [...calls, said('cancel', 'ann', [60, 70], { order: 'c1' })];
    expect(notValidIn(shop({ total: 2 }, cancelled, rows('bob')))).toEqual({});
  });
});
