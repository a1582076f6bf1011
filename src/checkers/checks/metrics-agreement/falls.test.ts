import { describe, expect, it } from 'vitest';
import { BEFORE, CALLS, judged, judgedFromOutside, scrape } from './testing/scrapes.ts';

describe('counters that fall', () => {
  it('names a counter that fell while its process went on, whatever else that upsets', () => {
    const { status, summary } = judged([
      BEFORE,
      scrape([65, 66], { held: 2, soldOut: 1, sold: 1 }),
      scrape([70, 71], { held: 0, soldOut: 1, sold: 1, reserved: 2 }),
    ]);
    expect(status).toBe('invalid');
    expect(summary).toBe(
      'flashsale_reservations_total{outcome="held"} of http://one fell from 2 to 0 at 12:00:00.071 UTC, and its process was not restarted',
    );
  });

  it('does not take two processes of one second for one', () => {
    const { status, summary } = judgedFromOutside(
      [
        BEFORE,
        scrape([65, 66], { held: 2, soldOut: 1, sold: 1 }),
        scrape([70, 71], { held: 1, soldOut: 0, sold: 0 }),
      ],
      CALLS,
    );
    expect(status).toBe('skipped');
    expect(summary).toContain('several processes answer');
  });
});
