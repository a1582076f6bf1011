import { expect, it } from 'vitest';
import { fillIn } from './query-variables.ts';

it('replaces every variable by its value', () => {
  const query = 'rate(x{sku="$__sku"}[$__range]) / rate(y[$__range])';
  expect(fillIn(query, { range: '93s', sku: 'rush-1' })).toBe(
    'rate(x{sku="rush-1"}[93s]) / rate(y[93s])',
  );
});

it('leaves a variable without a value as it is', () => {
  expect(fillIn('x{sku="$__sku"}', {})).toBe('x{sku="$__sku"}');
});
