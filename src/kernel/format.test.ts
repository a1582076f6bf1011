import { describe, expect, it } from 'vitest';
import { formatCount, formatFigure, formatMs, formatPercent, formatRate } from './format.ts';

describe('numbers for people', () => {
  it('group thousands', () => {
    expect(formatCount(20_000)).toBe('20,000');
    expect(formatCount(0)).toBe('0');
  });

  it.each([
    [0, '0.00 ms'],
    [0.84, '0.84 ms'],
    [0.999, '1.0 ms'],
    [4.21, '4.2 ms'],
    [9.97, '10 ms'],
    [312.4, '312 ms'],
    [999.7, '1.00 s'],
    [1_240, '1.24 s'],
    [10_012, '10.0 s'],
    [59_970, '1 m 00 s'],
    [125_000, '2 m 05 s'],
  ])('give %d milliseconds the unit that suits them: %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it('keep a slow rate from looking like none', () => {
    expect(formatRate(0.5)).toBe('0.5/s');
    expect(formatRate(2_431.4)).toBe('2,431/s');
    expect(formatRate(0)).toBe('0/s');
  });

  it('call only what is finished 100%', () => {
    expect(formatPercent(0.999)).toBe('99%');
    expect(formatPercent(1)).toBe('100%');
    expect(formatPercent(1.2)).toBe('100%');
  });

  it('keep the decimals of small figures', () => {
    expect(formatFigure(0.98712)).toBe('0.9871');
    expect(formatFigure(12_400)).toBe('12,400');
  });
});
