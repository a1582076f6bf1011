import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createStyle, oneLine, padTo, shorten, widthOf, wrap } from './style.ts';
import { alignRows } from './table.ts';

const LETTERS = fc.constantFrom('a', 'b', '-', ' ', 'é', '東', '京');

describe('text for a terminal', () => {
  it('has no marks when color is off', () => {
    expect(createStyle(false).red('sold')).toBe('sold');
    expect(createStyle(true).red('sold')).toBe('\u001B[31msold\u001B[39m');
  });

  it('does not count marks as width', () => {
    expect(widthOf(createStyle(true).bold('four'))).toBe(4);
  });

  it('takes one column for each of the signs that our own output has', () => {
    for (const sign of '–—’…›↳─▁▂▃▄▅▆▇█░▒▓■▸●○✓✗') {
      expect([sign, widthOf(sign), stringWidth(sign)]).toEqual([sign, 1, 1]);
    }
  });

  it('takes two columns for a wide character, wherever it is measured', () => {
    expect(widthOf('東京🎟️')).toBe(6);
    expect(padTo('東京', 5)).toBe('東京 ');
    expect(shorten('東京タワー', 7)).toBe('東京タ…');
    expect(shorten('SKU-東京-1', 6, 'middle')).toBe('SKU…-1');
    expect(wrap('東京 大阪', 5)).toEqual(['東京', '大阪']);
  });

  it('is made harmless when it came from outside', () => {
    expect(oneLine('a\u001B[2J\nb\r\tc\u0007 ')).toBe('a b c');
  });

  it('is wrapped at spaces, and only a word longer than a line is cut', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefgh ij', 3)).toEqual(['abc', 'def', 'gh', 'ij']);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('loses nothing by being wrapped, and no line is too wide', () => {
    fc.assert(
      fc.property(fc.string({ unit: LETTERS }), fc.integer({ min: 2, max: 40 }), (raw, columns) => {
        const text = oneLine(raw);
        const lines = wrap(text, columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('stands in columns, marked or not', () => {
    const { green } = createStyle(true);
    expect(
      alignRows(
        [
          ['a', '1'],
          [green('bcd'), '20'],
        ],
        [1],
      ),
    ).toEqual(['a     1', `${green('bcd')}  20`]);
  });
});
