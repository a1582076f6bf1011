import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs } from './duration.ts';
import { parseDurationMs } from './parse-duration.ts';

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1h2m3s', 3_723_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['1d', 86_400_000],
    ['0s', 0],
    ['1d12h', 129_600_000],
    ['1e3', 1_000],
    ['+1s', 1_000],
    ['.5s', 500],
    ['1.s', 1_000],
    ['500', 500],
    [750, 750],
  ] as const)('%s is %s ms', (text, ms) => {
    expect(parseDurationMs(text)).toBeCloseTo(ms, 9);
  });

  it.each([
    '',
    's',
    ' 1s',
    '1h1d',
    '1.5d',
    '+',
    '1 hour',
    '-5s',
    '5x',
    '1m 30',
    'NaN',
    Number.NaN,
    -1,
  ])('%s is no duration', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });

  it('adds up the parts of a duration', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(59), fc.nat(59), (hours, minutes, seconds) => {
        expect(parseDurationMs(`${hours}h${minutes}m${seconds}s`)).toBe(
          ((hours * 60 + minutes) * 60 + seconds) * 1_000,
        );
      }),
    );
  });

  it('refuses a duration over 24 days, the longest that a timer can wait', () => {
    expect(durationMs.safeParse('25d').error?.issues[0]?.message).toContain('over 24 days');
  });
});
