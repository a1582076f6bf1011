import { expect, it } from 'vitest';
import { promqlRule } from './promql-rule.ts';

it.each([
  ['sum(sold{sku="a"}) <= 10', 'sum(sold{sku="a"})', '<=', 'sum(sold{sku="a"}) <= bool 10'],
  ['oversold == bool 0', 'oversold', '== bool', 'oversold == bool 0'],
  ['a{x!="<"} > on(x) b', 'a{x!="<"}', '>', 'a{x!="<"} > bool on(x) b'],
  ['(a > b) != 1', '(a > b)', '!=', '(a > b) != bool 1'],
])('is one comparison: %s', (expression, left, operator, asBool) => {
  expect(promqlRule(expression)).toMatchObject({ left, operator, asBool });
});

it.each(['absent(sold)', 'a < 1 and b > 2', 'a unless b == 1', '1 < a < 2'])(
  'is not one comparison: %s',
  (expression) => {
    expect(promqlRule(expression)).toBeUndefined();
  },
);
