import { expect, it } from 'vitest';
import { humanizeValue } from './humanize-value.ts';

it.each([
  [0.99999, 'rate', 'default', '99.99%'],
  [1, 'rate', 'default', '100.00%'],
  [9.5, 'counter', 'data', '9.5 B'],
  [1_234_567, 'counter', 'data', '1.2 MB'],
  [12_345, 'counter', 'data', '12 kB'],
  [0, 'trend', 'time', '0s'],
  [0.0005, 'trend', 'time', '500ns'],
  [0.5, 'trend', 'time', '500µs'],
  [12.3456, 'trend', 'time', '12.34ms'],
  [1_500, 'trend', 'time', '1.5s'],
  [61_500, 'trend', 'time', '1m1s'],
  [3_661_000, 'trend', 'time', '1h1m1s'],
  [1 / 3, 'trend', 'default', '0.333333'],
] as const)('humanizeValue(%d) of a %s of %s is %s', (value, type, contains, shown) => {
  expect(humanizeValue(value, { type, contains })).toBe(shown);
});

it('humanizeValue uses one unit for all times on request', () => {
  const time = { type: 'trend', contains: 'time' } as const;
  expect(['s', 'ms', 'us'].map((unit) => humanizeValue(61_500, time, unit))).toEqual([
    '61.50s',
    '61500.00ms',
    '61500000.00µs',
  ]);
});
