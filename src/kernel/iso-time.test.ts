import { describe, expect, it } from 'vitest';
import { isoOf, microsecondsOf } from './iso-time.ts';

const NOON_US = Date.UTC(2026, 0, 1, 12) * 1_000;

describe('an ISO time', () => {
  it('is read to the microsecond', () => {
    expect(microsecondsOf('2026-01-01T12:00:00Z')).toBe(NOON_US);
    expect(microsecondsOf('2026-01-01T12:00:00.5Z')).toBe(NOON_US + 500_000);
    expect(microsecondsOf('2026-01-01T12:00:00.000007Z')).toBe(NOON_US + 7);
    expect(microsecondsOf('2026-01-01T12:00:00.0000079Z')).toBe(NOON_US + 7);
    expect(microsecondsOf('2026-12-31T23:59:59.999999Z')).toBe(
      Date.UTC(2026, 11, 31, 23, 59, 59, 999) * 1_000 + 999,
    );
  });

  it('is no time if a digit is none', () => {
    for (const text of [
      '',
      'noon',
      '2026-01-01T12:00:0:Z',
      '2026-01-01T12:00:0/Z',
      '2026/01',
      '2026-01-01T12:00:00.5xZ',
    ]) {
      expect(microsecondsOf(text), text).toBeNaN();
    }
  });

  it('is written again with as many digits', () => {
    expect(isoOf(NOON_US, 0)).toBe('2026-01-01T12:00:00Z');
    expect(isoOf(NOON_US + 500_000, 1)).toBe('2026-01-01T12:00:00.5Z');
    expect(isoOf(NOON_US + 7, 6)).toBe('2026-01-01T12:00:00.000007Z');
    expect(isoOf(-1, 6)).toBe('1969-12-31T23:59:59.999999Z');
  });
});
