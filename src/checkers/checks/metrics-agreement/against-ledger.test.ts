import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Entry,
  evidenceOf,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { answersOnly } from '../../../history/manifest.ts';
import { metricsAgreement } from '../metrics-agreement.ts';
import {
  AFTER,
  at,
  BEFORE,
  CALLS,
  ENTRIES,
  FINAL,
  judged,
  ONE,
  scrape,
} from './testing/scrapes.ts';

const TWO = 'http://two';

describe('counters of movements', () => {
  it('finds movements that were counted and never committed', () => {
    const { status, witness } = judged([
      BEFORE,
      scrape([70, 71], { held: 2, soldOut: 1, sold: 1, reserved: 3 }),
    ]);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('they count what was never committed, or twice');
  });

  it('allows the sweeper to work between the last scrape and the ledger', () => {
    const entries: Entry[] = [
      ...ENTRIES,
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob', atMs: 1_020 },
    ];
    expect(judged([BEFORE, AFTER], { entries }).status).toBe('valid');
    const late = scrape([9_000, 9_001], { held: 2, soldOut: 1, sold: 1 });
    expect(judged([BEFORE, late], { entries }).status).toBe('invalid');
    const swept = scrape([9_000, 9_001], { held: 2, soldOut: 1, sold: 1, expired: 1 });
    expect(judged([BEFORE, swept], { entries }).status).toBe('valid');
    expect(judged([BEFORE, swept]).status).toBe('valid');
  });

  it('may be one too few for each call without an answer, which its process may not know of', () => {
    const entries: Entry[] = [...ENTRIES, { kind: 'RESERVED', hold: 'd', buyer: 'dan', atMs: 46 }];
    const calls = [...CALLS, unanswered('reserve', 'dan', 45, at(ONE))];
    expect(judged([BEFORE, AFTER], { calls, entries }).status).toBe('valid');
    expect(judged([BEFORE, AFTER], { entries }).summary).toContain('counted 2 RESERVED movements');
  });

  it('may be too few if an instance was called that nobody scraped', () => {
    const few = [BEFORE, scrape([70, 71], { ...FINAL, held: 1, reserved: 1 })];
    const calls = CALLS.map((call) => (call.buyer === 'bob' ? { ...call, ...at(TWO) } : call));
    expect(judged(few, { calls }).status).toBe('valid');
  });

  it('are not too few because calls do not name their instance', () => {
    const calls = CALLS.map((call) => ({ ...call, instance: undefined }));
    const few = [BEFORE, scrape([70, 71], { ...FINAL, reserved: 1 })];
    expect(judged(few, { calls }).summary).toContain('counted 1 RESERVED movements');
  });

  it('may be too few if one of several instances was not scraped to the end', () => {
    const calls = CALLS.map((call) => (call.buyer === 'bob' ? { ...call, ...at(TWO) } : call));
    const two = (atMs: number) => [
      scrape([0, 1], {}, { instance: TWO }),
      scrape([atMs, atMs + 1], { held: 1, reserved: 0 }, { instance: TWO }),
    ];
    const one = [BEFORE, scrape([70, 71], { ...FINAL, held: 1 })];
    expect(judged([...one, ...two(70)], { calls }).summary).toContain(
      'counted 1 RESERVED movements',
    );
    expect(judged([...one, ...two(35)], { calls }).status).toBe('valid');
  });

  it('may lack what a sweeper did within a second before the last scrape of one of several', () => {
    const swept = (atMs: number): Entry[] => [
      ...ENTRIES,
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob', atMs },
    ];
    const pages = [
      BEFORE,
      scrape([2_000, 2_001], { held: 2, soldOut: 1, sold: 1 }),
      scrape([9_000, 9_001], { held: 2, soldOut: 1, sold: 1 }),
      scrape([0, 1], {}, { instance: TWO }),
      scrape([3_000, 3_001], {}, { instance: TWO }),
      scrape([4_000, 4_001], {}, { instance: TWO }),
    ];
    expect(judged(pages, { entries: swept(3_000) }).status).toBe('valid');
    expect(judged(pages, { entries: swept(2_999) }).status).toBe('invalid');
  });

  it('may lack what the ledger dates after the last scrape, by its own clock an hour ahead', () => {
    const hourMs = 3_600_000;
    const story = saleOf({
      total: 2,
      startedAtNs: 5e6,
      evidence: {
        ...answersOnly,
        ledger: ['inventory', 'reservation', 'order', 'movement'],
        scraped: [ONE],
        ...{ scrapedAll: true, oneClock: true },
      },
    });
    const judgedAt = (atMs: number) => {
      const entries = ENTRIES.map((entry) => ({ ...entry, atMs: (entry.atMs ?? 0) + hourMs - 5 }));
      const released: Entry = {
        kind: 'RELEASED',
        hold: 'b',
        buyer: 'bob',
        atMs: atMs + hourMs - 5,
      };
      const ledger = booksOf(story, [...entries, released]);
      return metricsAgreement.check(evidenceOf(story, CALLS, { scrapes: [BEFORE, AFTER], ledger }));
    };
    // The calls leave it open if the clock is some milliseconds less ahead.
    expect(judgedAt(65).status).toBe('valid');
    expect(judgedAt(64).summary).toContain('counted 0 RELEASED movements, the ledger has 1');
  });
});
