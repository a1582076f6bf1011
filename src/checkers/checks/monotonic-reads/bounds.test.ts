import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  evidenceOf,
  keeping,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { monotonicReads } from '../monotonic-reads.ts';

const { check } = monotonicReads;
const sale = saleOf({ total: 3 });
const judged = (...calls: Call[]) => check(evidenceOf(sale, calls));
const statusOf = (...calls: Call[]): string => judged(...calls).status;

const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
const seen = (
  observed: Call['observed'],
  times: [number, number] = [40, 50],
  facts: Partial<Call> = {},
) => said('read', 'eve', times, { observed, ...facts });

describe('counts without numbers and ledger', () => {
  it('are as many as the answers allow', () => {
    const of = (times: [number, number], observed: Call['observed']) =>
      statusOf(held, bought, seen(observed, times));
    expect(of([5, 6], { available: 3 })).toBe('valid');
    expect(of([5, 6], { available: 2 })).toBe('valid');
    expect(of([5, 6], { available: 1 })).toBe('invalid');
    expect(of([10, 12], { available: 3 })).toBe('valid');
    expect(of([11, 12], { available: 3 })).toBe('invalid');
    expect(of([18, 19], { sold: 1 })).toBe('invalid');
    expect(of([18, 20], { sold: 1 })).toBe('valid');
    expect(of([30, 40], { sold: 0 })).toBe('valid');
    expect(of([31, 40], { sold: 0 })).toBe('invalid');
  });

  it('are none when more was sold than there is', () => {
    const one = saleOf({ total: 1 });
    const tooMany = [held, { ...held, buyer: 'eve', hold: 'b', callId: 'second' }];
    const of = (available: number) =>
      check(evidenceOf(one, [...tooMany, seen({ available }, [31, 40])])).status;
    expect(of(0)).toBe('valid');
    expect(of(1)).toBe('invalid');
  });

  it('may be as old as the target says', () => {
    const cached = saleOf({ total: 3, readLagMs: 50 });
    const of = (fromMs: number) =>
      check(evidenceOf(cached, [held, seen({ available: 3 }, [fromMs, 100])])).status;
    expect(of(60)).toBe('valid');
    expect(of(61)).toBe('invalid');
  });

  it('leave room for calls without an answer', () => {
    const open = unanswered('reserve', 'ann', 0);
    expect(statusOf(open, seen({ available: 2 }))).toBe('valid');
    expect(statusOf(open, seen({ available: 3 }))).toBe('valid');
    expect(statusOf(open, seen({ available: 1 }))).toBe('invalid');
  });

  it('count what an attempt may have got by an earlier purchase only once', () => {
    const attempt = [
      said('attempt', 'ann', [0, 10]),
      said('read', 'ann', [40, 50], { observed: { decision: 'SUCCESS' } }),
    ];
    const two = seen({ available: 2, sold: 1 }, [60, 70]);
    expect(statusOf(held, bought, ...attempt, two)).toBe('valid');
    expect(statusOf(...attempt, seen({ available: 3 }, [60, 70]))).toBe('invalid');
  });

  it('count every unit of a buyer who bought twice', () => {
    const buys = [said('buy', 'ann', [0, 10]), said('buy', 'ann', [20, 30])];
    expect(statusOf(...buys, seen({ available: 1 }))).toBe('valid');
    expect(statusOf(...buys, seen({ available: 2 }))).toBe('invalid');
    expect(statusOf(...buys, seen({ sold: 1 }))).toBe('invalid');
  });

  it('show a unit as sold when it was sold, and not while it is only held', () => {
    expect(statusOf(held, seen({ sold: 0 }))).toBe('valid');
    expect(statusOf(held, seen({ sold: 1 }))).toBe('invalid');
  });

  it.each([
    ['before its order was known', 25],
    ['in the moment in which its order was known', 30],
  ])('show the units of others as sold when a purchase is cancelled %s', (_, fromMs) => {
    const ofBob = said('buy', 'bob', [0, 15]);
    const cancelled = said('cancel', 'ann', [fromMs, 35], { hold: 'a', order: 'order-a' });
    const of = (sold: number) => statusOf(held, bought, ofBob, cancelled, seen({ sold }, [26, 31]));
    expect(of(1)).toBe('valid');
    expect(of(0)).toBe('invalid');
  });

  it('may include the units of rows in the books of which nobody knows the call', () => {
    const twoSkus = saleOf({
      skus: [
        { skuId: SKU, total: 3 },
        { skuId: 'SKU-2', total: 3 },
      ],
    });
    const of = (skuId: string, sold: number) => {
      const ledger = booksOf(twoSkus, [{ kind: 'RESERVED', hold: 'x', buyer: 'bob' }]);
      const reservations = ledger.reservations.map((row) => ({ ...row, skuId }));
      const story = evidenceOf(twoSkus, [seen({ sold })], { ledger: { ...ledger, reservations } });
      return check(keeping(story, 'reservation')).status;
    };
    expect(of(SKU, 1)).toBe('valid');
    expect(of(SKU, 2)).toBe('invalid');
    expect(of('SKU-2', 1)).toBe('invalid');
  });

  it('are told with what they can have been, and with the read that shows others', () => {
    const few = judged(held, seen({ available: 1 }));
    expect(few.summary).toBe('a read of SKU-1 shows 1 unit available, there were at least 2');
    expect(few.witness?.operations.map(({ kind }) => kind)).toEqual(['read']);
    const many = judged(held, seen({ available: 3 }));
    expect(many.summary).toBe('a read of SKU-1 shows 3 units available, there were at most 2');
  });
});

describe('counts of a SKU that others may know', () => {
  const older = { skus: [{ skuId: SKU, total: 3, wasOnSale: true }] };
  const shown = (facts: Parameters<typeof saleOf>[0], observed: Call['observed']) =>
    check(evidenceOf(saleOf(facts), [held, bought, seen(observed)])).status;

  it('may be fewer if they buy as well', () => {
    expect(shown({ ...older, nobodyElseBuys: false }, { available: 0 })).toBe('valid');
    expect(shown({ total: 3 }, { available: 0 })).toBe('invalid');
  });

  it('may have units that were sold before the sale', () => {
    expect(shown(older, { sold: 3 })).toBe('valid');
    expect(shown({ total: 3 }, { sold: 3 })).toBe('invalid');
    expect(shown(older, { available: 2, reserved: 0, sold: 5 })).toBe('valid');
    expect(shown({ total: 3 }, { available: 2, reserved: 0, sold: 5 })).toBe('invalid');
  });

  it('may have a unit that is sold in the ledger, though nobody knows who checked it out', () => {
    const lost = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    const evidence = evidenceOf(sale, [lost, seen({ sold: 1 })], { ledger });
    expect(check(keeping(evidence, 'reservation')).status).toBe('valid');
    expect(statusOf(lost, seen({ sold: 1 }))).toBe('invalid');
  });
});
