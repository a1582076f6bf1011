import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, refused, said, saleOf } from '../../../../test/judge/story.ts';
import { monotonicReads } from '../monotonic-reads.ts';

const { check } = monotonicReads;
const attempts = [
  said('attempt', 'ann', [0, 1]),
  said('attempt', 'ann', [0, 1], { sku: 'SKU-2' }),
  said('attempt', 'bob', [0, 1]),
];
const judged = (...calls: Call[]) => check(evidenceOf(saleOf(), [...attempts, ...calls]));
const statusOf = (...calls: Call[]): string => judged(...calls).status;

describe('a decision', () => {
  const told = (decision: string, times: [number, number], buyer = 'ann') =>
    said('read', buyer, times, { observed: { decision } });

  it.each([
    ['SUCCESS', 'PENDING'],
    ['SUCCESS', 'FAILED'],
    ['FAILED', 'PENDING'],
    ['FAILED', 'SUCCESS'],
  ])('%s is not followed by %s', (first, second) => {
    const { status, summary } = judged(told(first, [0, 10]), told(second, [11, 20]));
    expect(status).toBe('invalid');
    expect(summary).toBe(`a buyer was told ${first} and then ${second} of one attempt`);
    const other = told(second, [11, 20], 'bob');
    expect(statusOf(told(first, [0, 10]), other)).toBe('valid');
    expect(statusOf(told(first, [0, 10]), { ...other, buyer: 'ann', sku: 'SKU-2' })).toBe('valid');
  });

  it('may still be missing in a read that began before it was told, or that may be behind', () => {
    expect(statusOf(told('PENDING', [0, 10]), told('SUCCESS', [11, 20]))).toBe('valid');
    expect(statusOf(told('SUCCESS', [0, 10]), told('PENDING', [10, 20]))).toBe('valid');
    const cached = saleOf({ readLagMs: 5 });
    const behind = (fromMs: number) =>
      check(
        evidenceOf(cached, [...attempts, told('SUCCESS', [0, 10]), told('PENDING', [fromMs, 20])]),
      ).status;
    expect(behind(15)).toBe('valid');
    expect(behind(16)).toBe('invalid');
  });

  it('is one for all attempts of a buyer on our own server, whatever their names', () => {
    const named = (order: string, decision: string, times: [number, number]) => ({
      ...told(decision, times),
      order,
    });
    const again = said('attempt', 'ann', [0, 1]);
    expect(statusOf(again, named('o1', 'SUCCESS', [2, 3]), named('o2', 'FAILED', [4, 5]))).toBe(
      'invalid',
    );
  });

  it('is never two different ones, not even at the same time', () => {
    const { status, witness } = judged(told('SUCCESS', [0, 10]), told('FAILED', [1, 9]));
    expect(status).toBe('invalid');
    expect(witness?.prose.split('\n').slice(1)).toEqual([
      expect.stringContaining('was told SUCCESS'),
      expect.stringContaining('was told FAILED'),
    ]);
    expect(witness?.operations.map(({ id }) => id)).toEqual([4, 5]);
  });

  it('may be told as often as its buyer asks', () => {
    expect(statusOf(told('SUCCESS', [0, 10]), told('SUCCESS', [11, 20]))).toBe('valid');
  });

  it('is known from the first answer that tells it, whichever was asked for first', () => {
    const slow = told('SUCCESS', [0, 30]);
    const quick = told('SUCCESS', [1, 10]);
    const late = told('SUCCESS', [12, 40]);
    expect(statusOf(slow, quick, told('PENDING', [10, 20]))).toBe('valid');
    expect(statusOf(slow, quick, told('PENDING', [11, 20]))).toBe('invalid');
    expect(statusOf(quick, late, told('PENDING', [13, 20]))).toBe('invalid');
  });

  it('is not taken back by a read of the stock', () => {
    const stock = said('read', 'ann', [11, 20], { observed: { available: 0 } });
    expect(statusOf(told('SUCCESS', [0, 10]), stock)).toBe('valid');
  });
});

describe('decisions over several attempts of one buyer in a described shop', () => {
  const judgedShop = (...reads: Call[]) => {
    const attempts = [said('attempt', 'ann', [0, 1]), said('attempt', 'ann', [0, 1])];
    return monotonicReads.check(evidenceOf(saleOf({ shop: 'corner' }), [...attempts, ...reads]))
      .status;
  };
  const told = (decision: string, times: [number, number], order?: string) =>
    said('read', 'ann', times, { order, observed: { decision } });

  it('are told apart by the ids of the attempts', () => {
    expect(judgedShop(told('SUCCESS', [2, 3], 'a'), told('PENDING', [4, 5], 'b'))).toBe('valid');
    expect(judgedShop(told('SUCCESS', [2, 3], 'a'), told('PENDING', [4, 5], 'a'))).toBe('invalid');
  });

  it('are not compared where reads name no attempt', () => {
    expect(judgedShop(told('SUCCESS', [2, 3]), told('PENDING', [4, 5]))).toBe('valid');
  });

  it('are not compared where nobody knows whose they are, unless they name the attempt', () => {
    const nameless = (decision: string, times: [number, number], order: string): Call => ({
      ...told(decision, times, order),
      buyer: undefined,
    });
    expect(judgedShop(nameless('SUCCESS', [2, 3], 'a'), nameless('PENDING', [4, 5], 'b'))).toBe(
      'valid',
    );
    expect(judgedShop(nameless('SUCCESS', [2, 3], 'a'), nameless('PENDING', [4, 5], 'a'))).toBe(
      'invalid',
    );
  });

  it('are compared without any id where only one of them was accepted', () => {
    const calls = [
      said('attempt', 'ann', [0, 1]),
      refused('attempt', 'ann', [0, 1]),
      said('reserve', 'ann', [0, 1]),
      told('SUCCESS', [2, 3]),
      told('PENDING', [4, 5]),
    ];
    expect(monotonicReads.check(evidenceOf(saleOf({ shop: 'corner' }), calls)).status).toBe(
      'invalid',
    );
  });
});
