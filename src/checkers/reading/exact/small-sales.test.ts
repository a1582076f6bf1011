import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import type { Evidence } from '../../evidence.ts';
import { findSmallSales } from './small-sales.ts';

/** A hold lives 1,000 ms, and its units are back within 100 ms more. */
const sale = saleOf({ total: 30 });

/** Each small sale as its scope and the number of its calls. */
const smallIn = (calls: Call[], facts: Partial<Evidence['sale']> = {}, rest: object = {}) => {
  const { sales, tooBig } = findSmallSales(evidenceOf({ ...sale, ...facts }, calls, rest));
  return {
    sales: sales.map(({ scope, calls: { length } }) => `${scope} ${length}`).join(),
    tooBig,
  };
};
const NONE = { sales: '', tooBig: 0 };

const times = (count: number, callAt: (place: number) => Call): Call[] =>
  Array.from({ length: count }, (_, place) => callAt(place));
const soldOut = (place: number): Call =>
  refused('reserve', `b${place}`, [place * 10, place * 10 + 5]);
const read = (place: number): Call =>
  said('read', 'zoe', [place * 10, place * 10 + 5], { observed: { sold: 0 } });
/** Calls of many buyers at once, so that there is no moment of rest between them. */
const crowd = times(11, (place) => said('reserve', `b${place}`, [0, 2_000], { hold: `h${place}` }));

describe('a sale of a SKU', () => {
  it('is small with up to ten calls, which are tried with all its units', () => {
    const evidence = evidenceOf(sale, times(10, soldOut));
    expect(findSmallSales(evidence).sales).toMatchObject([
      { skuId: SKU, scope: 'sale', total: 30, before: [], calls: { length: 10 } },
    ]);
    expect(smallIn(times(11, soldOut)).sales).not.toContain('sale');
  });

  it('is looked at without its reads where they make the calls too many', () => {
    expect(smallIn([...times(2, soldOut), ...times(8, read)]).sales).toBe('sale 10');
    expect(smallIn([...times(2, soldOut), ...times(9, read)]).sales).toBe('sale 2');
    expect(smallIn([...times(10, soldOut), read(1)]).sales).toBe('sale 10');
  });

  it('is not looked at if nobody asked for anything but the counts', () => {
    expect(smallIn([read(0)])).toEqual(NONE);
    expect(smallIn([])).toEqual(NONE);
  });

  it('is not looked at if the history breaks off, or others may have bought before', () => {
    const calls = times(2, soldOut);
    expect(smallIn(calls, {}, { truncated: true })).toEqual(NONE);
    const others = {
      nobodyElseBuys: false,
      skus: [{ skuId: SKU, total: 30, wasOnSale: true }],
    };
    expect(smallIn(calls, others)).toEqual(NONE);
    expect(smallIn(calls, { ...others, nobodyElseBuys: true }).sales).toBe('sale 2');
  });

  it('comes before one of a single answer, which other checks looked at already', () => {
    const skus = ['CUP', SKU].map((skuId) => ({ skuId, total: 5 }));
    const calls = [{ ...soldOut(0), sku: 'CUP' }, ...times(2, soldOut)];
    expect(smallIn(calls, { skus }).sales).toBe('sale 2,sale 1');
  });

  it('tells of a checkout that another one of the same hold was under way with it', () => {
    const pays = (facts: Partial<Call>) =>
      said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o', ...facts });
    const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
    const late = refused('confirm', 'ann', [25, 35], { hold: 'a', code: 'NOT_ACTIVE' });
    const [found] = findSmallSales(evidenceOf(sale, [held, pays({}), late])).sales;
    expect(found?.calls.map(({ isPaidElsewhere }) => isPaidElsewhere)).toEqual([false, true, true]);
  });
});

describe('a part of a sale', () => {
  const bought = (round: number): Call[] => {
    const [hold, atMs] = [`h${round}`, round * 100];
    return [
      said('reserve', `b${round}`, [atMs, atMs + 10], { hold }),
      said('confirm', `b${round}`, [atMs + 20, atMs + 30], { hold, order: `o${round}` }),
    ];
  };
  const many = times(6, (round) => bought(round)[0] as Call).concat(
    times(6, (round) => bought(round)[1] as Call),
  );

  it('has the calls between two moments of rest, and the holds at the first of them', () => {
    expect(smallIn(many)).toEqual({
      sales: 'part 2,part 2,part 2,part 2,part 2,part 2',
      tooBig: 0,
    });
    const { sales } = findSmallSales(evidenceOf(sale, many));
    expect(sales[2]).toMatchObject({ total: 30, before: [{ units: 2, phase: 'sold' }] });
  });

  it('is looked at only if something was asked for, and last if it is one call', () => {
    const alone = refused('reserve', 'cem', [80, 85]);
    const reads = [said('read', 'zoe', [180, 182], { observed: { sold: 2 } })];
    const twice = [...reads, said('read', 'zoe', [181, 183], { observed: { sold: 2 } })];
    const six = 'part 2,part 2,part 2,part 2,part 2,part 2';
    expect(smallIn([...many, alone]).sales).toBe(`${six},part 1`);
    expect(smallIn([...many, ...reads]).sales).toBe(six);
    expect(smallIn([...many, ...twice]).sales).toBe(six);
    const beside = refused('reserve', 'cem', [181, 183]);
    expect(smallIn([...many, ...reads, beside]).sales).toBe(`${six},part 2`);
  });

  it('of one call is looked at up to a thousand times', () => {
    const singles = (count: number) => smallIn(times(count, soldOut)).sales.split(',');
    expect(singles(999)).toHaveLength(999);
    expect(singles(1_000)).toHaveLength(1_000);
    expect(singles(1_001)).toHaveLength(1_000);
  });

  it('is too big with more than ten calls at once', () => {
    expect(smallIn(crowd)).toEqual({ sales: '', tooBig: 1 });
    const later = times(2, (place) => refused('reserve', 'cem', [9_000 + place, 9_010]));
    expect(smallIn([...crowd, ...later])).toEqual({ sales: 'part 2', tooBig: 1 });
  });
});

describe('the calls of one buyer in a crowd', () => {
  const ann = said('reserve', 'ann', [0, 50], { hold: 'a' });
  const doubt = refused('reserve', 'ann', [60, 70], { code: 'ALREADY_RESERVED' });
  const again = (facts: Partial<Call> = {}) =>
    said('reserve', 'ann', [80, 90], { hold: 'b', ...facts });
  const ofAnn = (...calls: Call[]) => smallIn([...crowd, ...calls]);

  it('are looked at, with endless units, if two of their answers may contradict each other', () => {
    expect(ofAnn(ann, doubt, doubt)).toEqual({ sales: 'buyer 3', tooBig: 1 });
    expect(ofAnn(ann, doubt)).toEqual({ sales: '', tooBig: 1 });
    const [found] = findSmallSales(evidenceOf(sale, [...crowd, ann, doubt, doubt])).sales;
    expect(found).toMatchObject({ total: Number.POSITIVE_INFINITY, before: [] });
  });

  it('may contradict each other if the buyer was given units again', () => {
    expect(ofAnn(ann, again())).toEqual({ sales: '', tooBig: 1 });
    expect(ofAnn(ann, doubt, again()).sales).toBe('buyer 3');
    expect(ofAnn(ann, again(), again({ hold: 'c' })).sales).toBe('buyer 3');
    expect(ofAnn(ann, again(), unanswered('buy', 'ann', 95)).sales).toBe('buyer 3');
    const pays = said('confirm', 'ann', [92, 95], { hold: 'a', order: 'o' });
    expect(ofAnn(ann, again(), pays).sales).toBe('');
    const others = [again(), again({ hold: 'c' })].map((call) => ({ ...call, buyer: 'ben' }));
    expect(ofAnn(ann, ...others).sales).toBe('');
  });

  it('have no "sold out" and no reads among them, which rest on what others did', () => {
    const soldOut = refused('reserve', 'ann', [60, 70]);
    expect(ofAnn(ann, soldOut, soldOut).sales).toBe('');
    expect(ofAnn(ann, doubt, doubt, soldOut, { ...read(8), buyer: 'ann' }).sales).toBe('buyer 3');
    // A code that says nothing of the sale is no doubt, unless units may have been taken.
    const limited = refused('reserve', 'ann', [60, 70], { code: 'RATE_LIMITED' });
    expect(ofAnn(ann, limited, limited).sales).toBe('');
    const declined = refused('buy', 'ann', [60, 70], { code: 'PAYMENT_DECLINED' });
    expect(ofAnn(ann, declined, declined).sales).toBe('buyer 3');
    const kept = refused('release', 'ann', [60, 70], { hold: 'a', code: 'RATE_LIMITED' });
    expect(ofAnn(ann, kept, kept).sales).toBe('buyer 3');
  });

  it('are looked at from the first to the last, though the crowd is only a part of them', () => {
    const later = times(2, (place) =>
      refused('release', 'ann', [9_000 + place, 9_010], { hold: 'a', code: 'NOT_FOUND' }),
    );
    expect(ofAnn(ann, doubt, doubt, ...later).sales).toBe('part 2,buyer 5');
    expect(ofAnn(ann, ...later).sales).toBe('part 2');
  });

  it('are cut like those of a sale where they are many, and may be too big themselves', () => {
    const rounds = times(6, (round) =>
      said('reserve', 'ann', [round * 100, round * 100 + 10], { hold: `a${round}` }),
    ).concat(
      times(6, (round) =>
        said('release', 'ann', [round * 100 + 20, round * 100 + 30], { hold: `a${round}` }),
      ),
    );
    expect(ofAnn(...rounds)).toEqual({
      sales: 'buyer 2,buyer 2,buyer 2,buyer 2,buyer 2,buyer 2',
      tooBig: 1,
    });
    const atOnce = times(11, () => doubt);
    expect(ofAnn(ann, ...atOnce)).toEqual({ sales: '', tooBig: 2 });
  });

  it('are those of all of a SKU where one of its calls is not understood, but not of its buyer', () => {
    const attempt = unanswered('attempt', 'cem', 0, { callId: 'try' });
    expect(smallIn([ann, doubt, doubt, attempt])).toEqual({ sales: 'buyer 3', tooBig: 1 });
    const ofCem = [doubt, doubt].map((call) => ({ ...call, buyer: 'cem' }));
    expect(smallIn([ann, ...ofCem, attempt])).toEqual({ sales: '', tooBig: 1 });
    const nobodys = { ...attempt, buyer: undefined };
    expect(smallIn([ann, doubt, doubt, nobodys])).toEqual({ sales: '', tooBig: 1 });
  });
});
