import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../test/judge/attempt-story.ts';
import {
  booksOf,
  type Entry,
  evidenceOf,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { answersOnly } from '../../history/manifest.ts';
import type { Evidence } from '../evidence.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';
import { lapseOf } from './lapse.ts';

/** A hold lives 1,000 ms, on a clock that may be half a millisecond wrong after this time. */
const sale = saleOf({ total: 9 });
const held = said('reserve', 'ann', [0, 10], { hold: 'a' });

/** The milliseconds between which the first hold lapses. */
const lapseIn = (evidence: Evidence) => {
  const [hold] = findHolds(evidence).bySku.get(SKU) as [Hold];
  const { earliestNs, latestNs } = lapseOf(hold, evidence);
  return [earliestNs / 1e6, latestNs / 1e6];
};

describe('the lapse of a hold', () => {
  it('is counted from its call at the earliest, and from its answer at the latest', () => {
    expect(lapseIn(evidenceOf(sale, [held]))).toEqual([999.5, 1_010.5]);
    expect(lapseIn(evidenceOf({ ...sale, holdTtlMs: undefined } as typeof sale, [held]))).toEqual([
      0,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('has no latest moment where no answer tells when it began', () => {
    const lost = unanswered('reserve', 'ann', 0);
    expect(lapseIn(evidenceOf(sale, [lost]))).toEqual([999.5, Number.POSITIVE_INFINITY]);
    // The yes to an attempt only promises a decision.
    expect(lapseIn(inAttempts())[1]).toBe(Number.POSITIVE_INFINITY);
  });

  it('is known better by its row, where the two clocks are', () => {
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
      { kind: 'RESERVED', hold: 'b', buyer: 'ben', atMs: 101 },
    ];
    const kinds = ['inventory', 'reservation', 'order', 'movement'] as const;
    const manifest = { ...answersOnly, ledger: [...kinds], oneClock: true };
    const calls = [held, said('reserve', 'ben', [100, 102], { hold: 'b' })];
    const lapse = (edit: (ledger: LedgerSnapshot) => void = () => {}) => {
      const ledger = booksOf(sale, entries);
      edit(ledger);
      return lapseIn(evidenceOf({ ...sale, evidence: manifest }, calls, { ledger }));
    };
    // Ben's call leaves 2 ms between the clocks, with the resolution; the drift of this sale is 0.051 ms.
    expect(lapse()).toEqual([1_002.449, 1_007.551]);
    const withTime = (expiresAt: string | null) =>
      lapse(({ reservations }) => Object.assign(reservations[0] as object, { expiresAt }));
    expect(withTime(null)).toEqual([999.5, 1_010.5]);
    // A time in the row that the call does not allow makes it neither earlier nor later.
    expect(withTime('2026-01-01T12:00:05.000Z')[1]).toBe(1_010.5);
    expect(withTime('2026-01-01T12:00:00.500Z')[0]).toBe(999.5);
  });
});
