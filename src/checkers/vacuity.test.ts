import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  evidenceOf,
  keeping,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../test/judge/story.ts';
import { ofSomeLine } from '../history/operation.ts';
import type { LedgerRowKind } from '../protocol/ledger.ts';
import { reasonsForInconclusive } from './vacuity.ts';
import { judge } from './verdict.ts';

const sale = saleOf({ total: 1, sellOutExpected: true });

/** Two want the last one at once; one gets it. */
const RACE: Call[] = [
  said('reserve', 'ann', [0, 10], { hold: 'a' }),
  refused('reserve', 'bob', [5, 15]),
];

describe('a run that could not have shown an oversell', () => {
  const reasons = (calls: Call[], rest?: Parameters<typeof evidenceOf>[2]) =>
    reasonsForInconclusive(evidenceOf(sale, calls, rest));

  it('is one in which two raced for the last unit: no reason', () => {
    expect(reasons(RACE)).toEqual([]);
  });

  it('never sold out', () => {
    expect(reasons([said('reserve', 'ann', [0, 10])])).toEqual([
      'nobody was told that SKU-1 is sold out (1 call for 1 unit), so its last units were never fought over; sell fewer units, or let more buyers come',
    ]);
  });

  it('refused baskets without a word of which line is sold out', () => {
    const basket = refused('reserve', 'bob', [5, 15], { code: ofSomeLine('OUT_OF_STOCK') });
    const told = said('reserve', 'ann', [0, 10]);
    expect(reasons([told, basket])).toEqual([
      'baskets with SKU-1 were refused because some line is sold out, and no answer tells that it was SKU-1, so nobody knows if its last units were fought over; give the refused lines a place in the target file (answer.refused), or let buyers buy it alone as well',
    ]);
    expect(reasons([...RACE, basket])).toEqual([]);
    const other = { ...basket, code: ofSomeLine('ALREADY_RESERVED') };
    expect(reasons([told, other])[0]).toContain('nobody was told that SKU-1 is sold out');
  });

  it('sold out in none of more SKUs than a call can have arguments', () => {
    const skus = Array.from({ length: 130_000 }, (_, place) => ({
      skuId: `SKU-${place}`,
      total: 1,
    }));
    const evidence = evidenceOf(saleOf({ skus, sellOutExpected: true }), [
      said('reserve', 'ann', [0, 10], { sku: 'SKU-0' }),
    ]);

    expect(reasonsForInconclusive(evidence)).toHaveLength(130_000);
  });

  it('sold out to buyers who came one after another', () => {
    const queue = [said('reserve', 'ann', [0, 10]), refused('reserve', 'bob', [10.1, 20])];
    expect(reasons(queue)).toEqual([
      'no two calls for SKU-1 were under way at once when its last unit went, so nobody raced for it',
    ]);
    const touching = [said('reserve', 'ann', [0, 10]), refused('reserve', 'bob', [10, 20])];
    expect(reasons(touching)).toEqual([]);
  });

  it('is one whose attempts were decided later, while others waited for the last unit', () => {
    const told = (buyer: string, decision: 'SUCCESS' | 'FAILED', at: [number, number]) =>
      said('read', buyer, at, { observed: { decision } });
    const ann = said('attempt', 'ann', [0, 1]);
    const bob = said('attempt', 'bob', [2, 3]);
    const yes = told('ann', 'SUCCESS', [20, 21]);
    const evidence = evidenceOf(sale, [ann, bob, yes, told('bob', 'FAILED', [20, 21])]);
    expect(reasonsForInconclusive(evidence)).toEqual([]);
    // The operations of a history have no fields of their own: they are read from its columns.
    const operations = evidence.operations.map((operation) => Object.create(operation));
    expect(reasonsForInconclusive({ ...evidence, operations })).toEqual([]);
    expect(reasons([ann, bob, yes])).toEqual([expect.stringContaining('nobody was told')]);
    // Nobody has the unit: bob may have been declined for any other reason.
    expect(reasons([ann, bob, told('bob', 'FAILED', [20, 21])])).toEqual([
      expect.stringContaining('nobody was told'),
    ]);
    const late = said('attempt', 'bob', [30, 31]);
    expect(reasons([ann, yes, late, told('bob', 'FAILED', [40, 41])])).toEqual([
      expect.stringContaining('no two calls for SKU-1 were under way at once'),
    ]);
  });

  it('had its crowd only long before or after the last unit went', () => {
    const two = saleOf({ total: 2, sellOutExpected: true });
    const calls = [
      said('reserve', 'ann', [0, 10]),
      refused('reserve', 'eve', [1, 9], { code: 'ALREADY_RESERVED' }),
      said('reserve', 'bob', [100, 110]),
      refused('reserve', 'cid', [120, 130]),
      refused('reserve', 'dan', [200, 210]),
      refused('reserve', 'fay', [201, 211]),
    ];
    expect(reasonsForInconclusive(evidenceOf(two, calls))).toHaveLength(1);
  });

  it('is one in which the last two units were fought over, though nobody was refused meanwhile', () => {
    const two = saleOf({ total: 2, sellOutExpected: true });
    const calls = [
      said('reserve', 'ann', [0, 10]),
      said('reserve', 'bob', [5, 15]),
      refused('reserve', 'cid', [20, 30]),
    ];
    expect(reasonsForInconclusive(evidenceOf(two, calls))).toEqual([]);
  });

  it('is one in which a unit was asked for at the very moment of the first refusal', () => {
    const calls = [
      said('reserve', 'ann', [0, 1]),
      refused('reserve', 'bob', [2, 20]),
      said('reserve', 'cid', [20, 30]),
    ];
    expect(reasons(calls)).toEqual([]);
  });

  it('ended with units left that no hold gave back', () => {
    const two = saleOf({ total: 2, sellOutExpected: true });
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      refused('reserve', 'bob', [5, 15]),
    ];
    const ledger = booksOf(two, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
    expect(reasonsForInconclusive(evidenceOf(two, calls, { ledger }))).toEqual([
      'only 1 of 2 units of SKU-1 were taken in the end, and no hold had ended',
    ]);
    const ended = booksOf(two, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob' },
    ]);
    expect(reasonsForInconclusive(evidenceOf(two, calls, { ledger: ended }))).toEqual([]);
    const three = saleOf({ total: 3, sellOutExpected: true });
    expect(reasonsForInconclusive(evidenceOf(three, calls, { ledger: ended }))).toEqual([]);
    const sold = booksOf(two, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity: 2 },
      { kind: 'SOLD', hold: 'a', buyer: 'ann', quantity: 2 },
    ]);
    expect(reasonsForInconclusive(evidenceOf(two, calls, { ledger: sold }))).toEqual([]);
  });

  it('counts the units of each SKU apart', () => {
    const skus = [
      { skuId: 'SKU-1', total: 2 },
      { skuId: 'SKU-2', total: 2 },
    ];
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
    ]);
    for (const row of ledger.reservations.slice(1)) row.skuId = 'SKU-2';
    const ofSecond = RACE.map((call) => ({ ...call, sku: 'SKU-2' }));
    const evidence = evidenceOf({ ...sale, skus }, [...RACE, ...ofSecond], { ledger });
    expect(reasonsForInconclusive(evidence)).toEqual([
      'only 1 of 2 units of SKU-1 were taken in the end, and no hold had ended',
      'only 1 of 2 units of SKU-2 were taken in the end, and no hold had ended',
    ]);
  });

  it('is one in which nothing happened, for that reason alone', () => {
    const asked = saleOf({ sellOutExpected: true, challenges: ['hold-race'] });
    expect(reasonsForInconclusive(evidenceOf(asked, []))).toEqual(['no operation was recorded']);
  });

  it('was driven by a generator that could not keep up', () => {
    const generator = { saturated: true, reasons: ['the event loop was 300 ms late'] };
    expect(reasons(RACE, { generator })).toEqual([
      'the load generator itself was the bottleneck: the event loop was 300 ms late',
    ]);
    const saying = (...why: string[]) => ({ generator: { saturated: true, reasons: why } });
    expect(reasons(RACE, saying())).toEqual(['the load generator itself was the bottleneck']);
    expect(reasons(RACE, saying('one', 'two'))).toEqual([
      'the load generator itself was the bottleneck: one; two',
    ]);
  });

  it('got no answer to most of its calls', () => {
    const lost = [0, 1, 2].map((fromMs) => unanswered('reserve', `lost${fromMs}`, fromMs));
    expect(reasons([...RACE, ...lost])).toEqual(['3 of 5 calls got no definite answer']);
    expect(reasons([...RACE, ...lost.slice(1)])).toEqual([]);
  });

  it('ended with a target that answered no more', () => {
    const refusedBySocket = (buyer: string, fromMs: number) =>
      refused('reserve', buyer, [fromMs, fromMs + 1], { status: 0, code: 'ECONNREFUSED' });
    const calls = Array.from({ length: 9 }, (_, place) =>
      refusedBySocket(`late ${place}`, 30 + place),
    );
    expect(reasons([...RACE, ...calls])).toEqual([]);
    expect(reasons([...RACE, refusedBySocket('first', 15), ...calls])).toEqual([]);
    expect(reasons([...RACE, ...calls, unanswered('reserve', 'dan', 40)])).toEqual([
      'the target was gone at the end: none of the last 10 of 12 calls was answered',
    ]);
  });

  it('ended with calls that the load itself cut off', () => {
    const cut = Array.from({ length: 10 }, (_, place) =>
      refused('reserve', `late ${place}`, [30 + place, 50], { status: 0, code: 'ABORTED' }),
    );
    const which = 'none of the last 10 of 12 calls was answered';
    expect(reasons([...RACE, ...cut])).toEqual([
      `${which}: the load ended first, and cut them off`,
    ]);
    const [first, ...others] = cut;
    const other = { ...first, code: 'ECONNREFUSED' } as Call;
    expect(reasons([...RACE, other, ...others])).toEqual([
      `the target was gone at the end: ${which}`,
    ]);
  });

  it('asked for what is not on sale, in all of its calls that name something', () => {
    const other = said('buy', 'bob', [0, 10], { sku: 'OTHER' });
    const ofNothing = said('buy', 'ann', [0, 10], { sku: undefined });
    const plain = (...calls: Call[]) =>
      reasonsForInconclusive(evidenceOf(saleOf({ total: 5 }), calls));
    expect(plain(other)).toEqual(['1 call was for OTHER, which is not on sale']);
    expect(plain(other, ofNothing)).toEqual([]);
    expect(plain(other, said('buy', 'ann', [0, 10]))).toEqual([]);
  });

  it('left units that calls without an answer wanted, though nobody was told that none are left', () => {
    const skus = [
      { skuId: 'SKU-1', total: 2 },
      { skuId: 'SKU-2', total: 1 },
    ];
    const lost = [
      unanswered('reserve', 'ann', 0),
      refused('reserve', 'bob', [1, 2], { status: 0, code: 'ECONNREFUSED' }),
    ];
    const others = ['cid', 'dan', 'eve'].map((buyer) =>
      refused('reserve', buyer, [0, 1], { code: 'ALREADY_RESERVED' }),
    );
    const plain = (...calls: Call[]) =>
      reasonsForInconclusive(evidenceOf(saleOf({ total: 2 }), [...others, ...calls]));
    const [reason] = plain(...lost);
    expect(reason).toContain(
      '2 of 2 units of SKU-1 were left, and 2 of 5 calls for them got no definite answer',
    );
    expect(plain(...lost.slice(1))).toEqual([]);
    const [first, second] = lost as [Call, Call];
    expect(plain({ ...first, status: 500 }, second)).toEqual([reason]);
    expect(plain(...lost, refused('reserve', 'fay', [3, 4]))).toEqual([]);
    const sold = said('reserve', 'ann', [0, 1], { sku: 'SKU-2' });
    expect(
      reasonsForInconclusive(evidenceOf(saleOf({ skus }), [...others, ...lost, sold])),
    ).toEqual([]);
  });

  it('accepted attempts and never told what became of them, neither buyers nor books', () => {
    const tried = said('attempt', 'ann', [0, 10]);
    const two = saleOf({ total: 2 });
    const reasonsOf = (call: Call, ...kept: LedgerRowKind[]) => {
      const evidence = evidenceOf(two, [call], { ledger: booksOf(two, []) });
      return reasonsForInconclusive(keeping(evidence, ...kept));
    };
    expect(reasonsOf(tried)).toEqual([expect.stringContaining('1 attempt was accepted')]);
    for (const kind of ['order', 'attempt', 'reservation'] as const) {
      expect(reasonsOf(tried, kind)).toEqual([]);
    }
    expect(reasonsOf(refused('attempt', 'ann', [0, 10]))).toEqual([]);
  });

  it('has no race in a call that a rate limit turned away', () => {
    const calls = [
      said('reserve', 'ann', [0, 10]),
      refused('reserve', 'bob', [5, 8], { status: 429, code: 'limited' }),
      refused('reserve', 'cid', [20, 30]),
    ];
    expect(reasons(calls)).toEqual([
      expect.stringContaining('no two calls for SKU-1 were under way at once'),
    ]);
  });

  it('was cut off', () => {
    expect(reasons(RACE, { truncated: true })).toHaveLength(1);
  });

  it('need not sell out where that was never expected', () => {
    const calls = [said('reserve', 'ann', [0, 10])];
    expect(judge(evidenceOf(saleOf({ total: 5 }), calls)).status).toBe('valid');
  });

  it('raced on one of several SKUs, which is enough', () => {
    const skus = [
      { skuId: 'SKU-1', total: 1 },
      { skuId: 'SKU-2', total: 9 },
    ];
    const quiet = said('reserve', 'cid', [0, 10], { sku: 'SKU-2' });
    expect(reasonsForInconclusive(evidenceOf({ ...sale, skus }, [...RACE, quiet]))).toEqual([]);
  });
});
