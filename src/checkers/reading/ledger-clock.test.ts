import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  said,
  saleOf,
} from '../../../test/judge/story.ts';
import { answersOnly, type Manifest } from '../../history/manifest.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { microsecondsOf } from '../../kernel/iso-time.ts';
import type { Evidence } from '../evidence.ts';
import { findLedgerClock } from './ledger-clock.ts';
import { createMomentOf } from './ledger-moment.ts';

const manifest: Manifest = {
  ...answersOnly,
  ledger: ['inventory', 'reservation', 'order', 'movement'],
  oneClock: true,
};
const sale = saleOf({ total: 9, evidence: manifest });
const RESERVED = (atMs: number): Entry => ({ kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs });
const CALLS: Call[] = [said('reserve', 'ann', [0, 10], { hold: 'a' })];

const evidenceWith = (entries: Entry[], calls = CALLS, facts: Partial<SaleFacts> = {}): Evidence =>
  evidenceOf({ ...sale, ...facts }, calls, { ledger: booksOf(sale, entries) });

describe('the clock of the ledger', () => {
  const clockOf = (...given: Parameters<typeof evidenceWith>) => {
    const { clock } = findLedgerClock(evidenceWith(...given));
    return clock && [clock.rows, clock.leastUs, clock.greatestUs, clock.driftUs];
  };

  it('is as far ahead as the calls and the resolution of its times leave open', () => {
    // Dated 5 ms, in a call from 0 to 10 ms, and cut or rounded to a millisecond.
    expect(clockOf([RESERVED(5)])).toEqual([1, -6_000, 6_000, 5]);
    expect(clockOf([RESERVED(3_605)])).toEqual([1, 3_594_000, 3_606_000, 5]);
  });

  it('is bound by the narrowest rows together', () => {
    const calls = [...CALLS, said('reserve', 'ben', [100, 104], { hold: 'b' })];
    const second: Entry = { kind: 'RESERVED', hold: 'b', buyer: 'ben', atMs: 103 };
    expect(clockOf([RESERVED(5), second], calls)).toEqual([2, -2_000, 4_000, 52]);
  });

  it('counts from the beginning of the sale', () => {
    const later = CALLS.map((call) => ({ ...call, invokedAtNs: 7e9, completedAtNs: 7.01e9 }));
    expect(clockOf([RESERVED(5)], later, { startedAtNs: 7e9 })).toEqual([1, -6_000, 6_000, 5]);
  });

  it('drifts as long as calls tell of its rows', () => {
    const swept: Entry = { kind: 'EXPIRED', hold: 'a', buyer: 'ann', atMs: 2_000 };
    // Nobody was told of the expiry, so it bounds nothing.
    expect(clockOf([RESERVED(5), swept])).toEqual([2, -6_000, 6_000, 5]);
    const paid = said('confirm', 'ann', [800, 1_000], { hold: 'a' });
    const sold: Entry = { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 900 };
    expect(clockOf([RESERVED(5), sold], [...CALLS, paid])?.[3]).toBe(500);
  });

  it('is not known without a ledger, or without the promise that it has one clock', () => {
    expect(findLedgerClock(evidenceOf(sale, CALLS)).clock).toBeUndefined();
    const { oneClock: _, ...without } = manifest;
    expect(clockOf([RESERVED(5)], CALLS, { evidence: without })).toBeUndefined();
  });
});

describe('a moment of the ledger', () => {
  const at = '2026-01-01T12:00:00.200Z';
  const momentIn = (...given: Parameters<typeof evidenceWith>) => {
    const moment = createMomentOf(evidenceWith(...given))?.(microsecondsOf(at));
    return moment && [moment.fromNs, moment.toNs];
  };

  it('is one of the history, as far as the distance of the two clocks and their drift are known', () => {
    expect(momentIn([RESERVED(5)])).toEqual([193_995_000, 206_005_000]);
    const later = CALLS.map((call) => ({ ...call, invokedAtNs: 7e9, completedAtNs: 7.01e9 }));
    expect(momentIn([RESERVED(5)], later, { startedAtNs: 7e9 })).toEqual([
      7_193_995_000, 7_206_005_000,
    ]);
  });

  it('is not known if no answer bounds the clock, or no clock explains all rows', () => {
    expect(momentIn([RESERVED(5)], [])).toBeUndefined();
    const calls = [...CALLS, said('reserve', 'ben', [100, 104], { hold: 'b' })];
    const second = (atMs: number): Entry => ({ kind: 'RESERVED', hold: 'b', buyer: 'ben', atMs });
    // The second row may be 7 ms ahead of the first, with the resolution on both sides, and the drift.
    expect(momentIn([RESERVED(5), second(106)], calls)).toBeDefined();
    expect(momentIn([RESERVED(5), second(112)], calls)).toBeUndefined();
    const { oneClock: _, ...without } = manifest;
    expect(momentIn([RESERVED(5)], CALLS, { evidence: without })).toBeUndefined();
  });
});
