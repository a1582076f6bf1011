import { describe, expect, it } from 'vitest';
import { timeOf } from './values.ts';

describe('a time in the books of a shop', () => {
  it('is one moment, in whatever notation', () => {
    const moment = '2026-11-26T08:00:00Z';
    for (const text of ['2026-11-26 08:00:00', '2026-11-26 03:00:00-05', 1_795_680_000]) {
      expect(Date.parse(timeOf(text) as string)).toBe(Date.parse(moment));
    }
  });

  it('is none where a database has a word for never', () => {
    for (const never of [null, 'infinity', '-infinity', '0000-00-00 00:00:00', '0000-00-00']) {
      expect(timeOf(never)).toBeNull();
    }
    expect(() => timeOf('soon')).toThrow('is no time');
    expect(() => timeOf('infinity pool')).toThrow('is no time');
  });
});
