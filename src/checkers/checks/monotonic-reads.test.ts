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
    expect(statusOf(refused('reserve', 'ann', [0, 10]))).toBe('skipped');
  });

  it('says nothing of how far reads without numbers are behind', () => {
    const read = said('read', 'bob', [31, 40], { observed: { available: 2 } });
    expect(judged(held, read).summary).toBe('1 stock read never went back');
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
      expect(witness?.prose.split('\n').slice(1)).toEqual([
        expect.stringContaining('Buyer ann checked out reservation a'),
        expect.stringContaining('Buyer bob looked at'),
      ]);
    });

    it('is known from the first answer with it or with a higher one', () => {
      const told = (times: [number, number], sequence: number) =>
        refused('reserve', 'ann', times, { sequence });
      const read = numbered([11, 12], 1);
      expect(statusOf(told([0, 40], 2), told([1, 10], 2), read)).toBe('invalid');
      expect(statusOf(told([0, 10], 2), told([1, 40], 2), read)).toBe('invalid');
      expect(statusOf(told([0, 40], 2), told([1, 10], 3), read)).toBe('invalid');
      expect(statusOf(told([0, 10], 2), told([1, 40], 3), read)).toBe('invalid');
      expect(statusOf(told([0, 40], 2), told([1, 40], 3), read)).toBe('valid');
    });

    it('of a call that was answered yes is left to the check of their order', () => {
      const late = said('reserve', 'bob', [31, 40], { hold: 'b', sequence: 1 });
      expect(statusOf(held, bought, late, numbered([31, 40], 2))).toBe('valid');
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
      expect(statusOf(held, bought, told([30, 40]))).toBe('valid');
      const cached = saleOf({ total: 3, readLagMs: 50 });
      expect(check(evidenceOf(cached, [held, bought, told([31, 40])]))).toMatchObject({
        status: 'invalid',
        summary: 'a refusal of SKU-1 was 1 ms behind an answer that was given before its call',
      });
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
      const { witness } = judged(short);
      expect(witness?.prose).toContain(
        '1 available, 0 reserved, 1 sold. That is 2 units together, and SKU-1 has 3',
      );
      expect(witness?.operations.map(({ kind }) => kind)).toEqual(['read']);
    });

    it('are looked at for every SKU on sale', () => {
      const twoSkus = saleOf({
        skus: [
          { skuId: SKU, total: 3 },
          { skuId: 'SKU-2', total: 1 },
        ],
      });
      const of = (available: number) => {
        const other = seen({ available, reserved: 0, sold: 0 }, [40, 50], { sku: 'SKU-2' });
        return check(evidenceOf(twoSkus, [seen({ available: 3 }), other])).status;
      };
      expect(of(1)).toBe('valid');
      expect(of(2)).toBe('invalid');
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

    it('are told with those that the stock had, and with the read', () => {
      const read = seen({ available: 3 }, [5, 50], { sequence: 1 });
      const ledger = booksOf(sale, ENTRIES);
      const { witness } = check(evidenceOf(sale, [held, bought, read], { ledger }));
      expect(witness?.prose).toContain(
        ': 3 available after stock movement 1. The movements up to that one leave 2 available, 1 reserved, 0 sold.',
      );
      expect(witness?.operations.map(({ kind }) => kind)).toEqual(['read']);
    });

    it('are those of the ledger even where it took units back too late', () => {
      const lapsed: Entry = { kind: 'EXPIRED', hold: 'a', buyer: 'ann', atMs: 5_000 };
      const ledger = booksOf(sale, [...ENTRIES.slice(0, 1), lapsed]);
      const read = seen({ available: 2 }, [4_000, 4_010], { sequence: 1 });
      expect(check(evidenceOf(sale, [held, read], { ledger })).status).toBe('valid');
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
      const told = (times: [number, number], sold: number, readLagMs = 0) =>
        check(
          evidenceOf(
            { ...sale, evidence: manifest, readLagMs },
            [...calls, seen({ sold }, times)],
            books,
          ),
        );
      const of = (...facts: Parameters<typeof told>) => told(...facts).status;
      expect(of([12, 14], 0)).toBe('valid');
      expect(of([12, 14], 1)).toBe('invalid');
      expect(of([29, 40], 0)).toBe('valid');
      expect(of([31, 40], 0)).toBe('invalid');
      expect(of([31, 40], 1)).toBe('valid');
      expect(of([35, 40], 0, 5)).toBe('valid');
      expect(of([36, 40], 0, 5)).toBe('invalid');
      expect(told([31, 40], 0).witness?.operations.map(({ kind }) => kind)).toEqual(['read']);
    });
  });

  it('names only what it compared', () => {
    const decision = said('read', 'ann', [0, 1], { observed: { decision: 'PENDING' } });
    expect(judged(decision).summary).toBe('1 read of a decision never went back');
    const refusal = refused('reserve', 'bob', [0, 1], { sequence: 0 });
    expect(judged(refusal).summary).toBe('1 numbered refusal never went back');
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
