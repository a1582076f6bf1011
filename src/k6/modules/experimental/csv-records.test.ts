import { describe, expect, it } from 'vitest';
import { csvRecords } from './csv-records.ts';

describe('csvRecords', () => {
  it.each([
    [
      'a,b\r\n1,2',
      ',',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['\n"x ""y""","1,\n2"\n\n', ',', [['x "y"', '1,\n2']]],
    ['a;;\n', ';', [['a', '', '']]],
    ['a|b', '|', [['a', 'b']]],
    ['', ',', []],
  ])('reads %j', (text, delimiter, records) => {
    expect([...csvRecords(text, delimiter)]).toEqual(records);
  });

  it.each([
    ['a,b\n1', 'line 2: 1 fields, and 2 in the first line'],
    ['a\nx"y"', 'line 2: a quote in the middle of a field'],
    ['"a', 'line 1: a quote in the middle of a field, or one that is not closed'],
  ])('refuses %j', (text, message) => {
    expect(() => [...csvRecords(text, ',')]).toThrow(message);
  });
});
