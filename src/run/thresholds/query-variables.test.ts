import { expect, it } from 'vitest';
import { fillIn } from './query-variables.ts';

const QUERY = 'rate(x{sku="$__sku"}[$__range]) / rate(y[$__range])';

it('replaces every variable by its value', () => {
  expect(fillIn(QUERY, { range: '93s', skus: ['rush-1'] })).toEqual([
    { text: 'rate(x{sku="rush-1"}[93s]) / rate(y[93s])', name: QUERY },
  ]);
});

it('leaves a variable without a value as it is', () => {
  const query = 'x{sku="$__sku"} + y{sku=~"$__skus"}';
  expect(fillIn(query, {})).toEqual([{ text: query, name: query }]);
});

it('asks a query about one SKU once for each, under a name that tells which', () => {
  expect(fillIn(QUERY, { range: '93s', skus: ['a', 'b'] })).toEqual([
    {
      text: 'rate(x{sku="a"}[93s]) / rate(y[93s])',
      name: 'rate(x{sku="a"}[$__range]) / rate(y[$__range])',
    },
    {
      text: 'rate(x{sku="b"}[93s]) / rate(y[93s])',
      name: 'rate(x{sku="b"}[$__range]) / rate(y[$__range])',
    },
  ]);
});

it('asks a query about all SKUs once', () => {
  expect(fillIn('sum(x{sku=~"$__skus"})', { skus: ['a', 'b'] })).toEqual([
    { text: 'sum(x{sku=~"a|b"})', name: 'sum(x{sku=~"$__skus"})' },
  ]);
});
