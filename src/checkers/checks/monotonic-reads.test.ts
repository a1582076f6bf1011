import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { Manifest } from '../../history/manifest.ts';
import { monotonicReads } from './monotonic-reads.ts';

const { check } = monotonicReads;
const sale = saleOf({ total: 3 });
const judged = (...calls: Call[]) => check(evidenceOf(sale, calls));
const statusOf = (...calls: Call[]): string => judged(...calls).status;

const held = said('reserve', 'ann', [0, 10], { hold: 'a', sequence: 1 });
const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a', sequence: 2 });

/** A read with its number, and a count that is never wrong. */
const numbered = (times: [number, number], sequence: number): Call =>
  said('read', 'bob', times, { sequence, observed: { reserved: 0 } });

const ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
  { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 25 },
];

describe('monotonic-reads', () => {
  it('is skipped where nobody was shown anything', () => {
    expect(statusOf(said('reserve', 'ann', [0, 10]))).toBe('skipped');
  });

  describe('a sequence number', () => {
    it('goes back when a higher one was told before the call of the read', () => {
      expect(statusOf(held, bought, numbered([30, 40], 1))).toBe('valid');
      expect(statusOf(held, bought, numbered([31, 40], 2))).toBe('valid');
      const { status, summary, witness } = judged(held, bought, numbered([31, 40], 1));
      expect(status).toBe('invalid');
      expect(summary).toBe(
        'a read of SKU-1 was 1 ms behind an answer that was given before its call',
      );
      expect(witness?.operations.map(({ kind }) => kind)).toEqual(['confirm', 'read']);
    });

    it('may be told by another read, or by a refusal', () => {
      const read = said('read', 'bob', [0, 10], { sequence: 7 });
      const refusal = refused('reserve', 'bob', [0, 10], { sequence: 7 });
      for (const told of [read, refusal]) {
        expect(statusOf(told, numbered([11, 12], 6))).toBe('invalid');
        expect(statusOf({ ...told, sku: 'SKU-2' }, numbered([11, 12], 6))).toBe('valid');
      }
    });

    it('of a read may be as far behind as the target says, and the summary says how far', () => {
      const cached = saleOf({ total: 3, readLagMs: 50 });
      const behind = (ms: number) =>
        check(evidenceOf(cached, [held, bought, numbered([30 + ms, 100], 1)]));
      expect(behind(51).status).toBe('invalid');
      expect(behind(51).witness?.prose).toContain('50 ms are allowed');
      expect(behind(50)).toMatchObject({
        status: 'valid',
        summary: '1 stock read never went back; reads were at most 50 ms behind',
      });
    });

    it('of a refusal goes back likewise, but may be as old as the first call with its key', () => {
      const told = (times: [number, number], facts: Partial<Call> = {}) =>
        refused('reserve', 'bob', times, { sequence: 1, ...facts });
      expect(statusOf(held, bought, told([31, 40]))).toBe('invalid');
      expect(statusOf(held, bought, told([30, 40]))).toBe('valid');
      const key = { idempotencyKey: 'k' };
      expect(statusOf(held, bought, told([15, 19], key), told([31, 40], key))).toBe('valid');
    });
  });

  describe('counts', () => {
    const seen = (
      observed: Call['observed'],
      times: [number, number] = [40, 50],
      facts: Partial<Call> = {},
    ) => said('read', 'bob', times, { observed, ...facts });

    it('add up to the total of the SKU', () => {
      const short = seen({ available: 1, reserved: 0, sold: 1 });
      expect(judged(short).witness?.prose).toContain(
        '1 available, 0 reserved, 1 sold. That is 2 units together, and SKU-1 has 3',
      );
    });

    it('add up to the total in the ledger, where that is another', () => {
      const ledger = booksOf(saleOf({ total: 4 }), []);
      const of = (available: number) =>
        check(evidenceOf(sale, [seen({ available, reserved: 0, sold: 0 })], { ledger })).status;
      expect(of(4)).toBe('valid');
      expect(of(3)).toBe('invalid');
    });

    it('are those after the movement that the read names', () => {
      const ledger = booksOf(sale, ENTRIES);
      const at = (sequence: number, observed: Call['observed']) =>
        check(evidenceOf(sale, [held, bought, seen(observed, [5, 50], { sequence })], { ledger }))
          .status;
      expect(at(0, { available: 3, reserved: 0, sold: 0 })).toBe('valid');
      expect(at(1, { available: 2, reserved: 1, sold: 0 })).toBe('valid');
      expect(at(1, { available: 2, reserved: 0, sold: 1 })).toBe('invalid');
      expect(at(2, { sold: 1 })).toBe('valid');
      expect(at(2, { sold: 0 })).toBe('invalid');
    });

    it('are those after the movement, as far as the answers tell them', () => {
      expect(statusOf(held, seen({ available: 2 }, [5, 9], { sequence: 1 }))).toBe('valid');
      expect(statusOf(held, seen({ available: 3 }, [5, 9], { sequence: 1 }))).toBe('invalid');
      // An order that is cancelled unpaid gives back what was held, not what was sold.
      const cancelled = said('cancel', 'ann', [20, 30], { hold: 'a', sequence: 2 });
      const back = seen({ available: 3, reserved: 0, sold: 0 }, [31, 40], { sequence: 2 });
      expect(statusOf(held, cancelled, back)).toBe('valid');
    });

    it('without a number are those of a moment of the call, by the times of the ledger', () => {
      const manifest: Manifest = {
        ledger: ['inventory', 'reservation', 'order', 'movement'],
        sequences: false,
        consumers: [],
        scraped: [],
        generator: false,
        oneClock: true,
      };
      const books = { ledger: booksOf(sale, ENTRIES) };
      const calls = [held, bought].map((call) => ({ ...call, sequence: undefined }));
      const of = (times: [number, number], sold: number) =>
        check(evidenceOf({ ...sale, evidence: manifest }, [...calls, seen({ sold }, times)], books))
          .status;
      expect(of([12, 14], 0)).toBe('valid');
      expect(of([12, 14], 1)).toBe('invalid');
      expect(of([29, 40], 0)).toBe('valid');
      expect(of([31, 40], 0)).toBe('invalid');
      expect(of([31, 40], 1)).toBe('valid');
    });

    it('without numbers and ledger are as many as the answers allow', () => {
      const calls = [held, bought].map((call) => ({ ...call, sequence: undefined }));
      const of = (times: [number, number], observed: Call['observed']) =>
        statusOf(...calls, seen(observed, times));
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
      const calls = [
        { ...held, sequence: undefined },
        { ...bought, sequence: undefined },
        said('attempt', 'ann', [0, 10]),
        said('read', 'ann', [40, 50], { observed: { decision: 'SUCCESS' } }),
      ];
      expect(statusOf(...calls, seen({ available: 2, sold: 1 }, [60, 70]))).toBe('valid');
    });
  });

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
      expect(statusOf(told(first, [0, 10]), { ...other, buyer: 'ann', sku: 'SKU-2' })).toBe(
        'valid',
      );
    });

    it('may still be missing in a read that began before it was told, or that may be behind', () => {
      expect(statusOf(told('PENDING', [0, 10]), told('SUCCESS', [11, 20]))).toBe('valid');
      expect(statusOf(told('SUCCESS', [0, 10]), told('PENDING', [10, 20]))).toBe('valid');
      const cached = saleOf({ readLagMs: 5 });
      const behind = (fromMs: number) =>
        check(evidenceOf(cached, [told('SUCCESS', [0, 10]), told('PENDING', [fromMs, 20])])).status;
      expect(behind(15)).toBe('valid');
      expect(behind(16)).toBe('invalid');
    });

    it('is never two different ones, not even at the same time', () => {
      expect(statusOf(told('SUCCESS', [0, 10]), told('FAILED', [1, 9]))).toBe('invalid');
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
      expect(judgedShop(told('SUCCESS', [2, 3], 'a'), told('PENDING', [4, 5], 'a'))).toBe(
        'invalid',
      );
    });

    it('are not compared where reads name no attempt', () => {
      expect(judgedShop(told('SUCCESS', [2, 3]), told('PENDING', [4, 5]))).toBe('valid');
    });
  });

  it('counts what it compared', () => {
    const { summary } = judged(
      numbered([0, 1], 0),
      said('read', 'ann', [0, 1], { observed: { decision: 'PENDING' } }),
      refused('reserve', 'bob', [0, 1], { sku: SKU, sequence: 0 }),
    );
    expect(summary).toBe(
      '1 stock read, 1 read of a decision, and 1 numbered refusal never went back; reads were at most 0 ms behind',
    );
  });
});

itCatches(monotonicReads, [
  'stale-read',
  'stale-refusal',
  'invented-count',
  'success-then-pending',
]);
