import { expect, it } from 'vitest';
import {
  hasFigure,
  hasThresholdFigure,
  type MetricType,
  percentileOf,
  summaryFigures,
  thresholdFiguresOf,
} from './figures.ts';

it('percentiles go from 0 to 100, with decimals', () => {
  expect(['p(0)', 'p(99.9)', 'p(100)'].map(percentileOf)).toEqual([0, 99.9, 100]);
  expect(['p(101)', 'p(-1)', 'p()', 'p95', 'avg'].map(percentileOf)).toEqual(
    Array(5).fill(undefined),
  );
});

it.each<[MetricType, string, inSummary: boolean, inThresholds: boolean]>([
  ['counter', 'count', true, true],
  ['counter', 'avg', false, false],
  ['gauge', 'value', true, true],
  ['gauge', 'max', true, false],
  ['rate', 'passes', true, false],
  ['rate', 'p(95)', false, false],
  ['trend', 'p(99.9)', true, true],
  ['trend', 'p(101)', false, false],
  ['trend', 'count', true, false],
])('a %s with the figure %s: in summaries %s, in thresholds %s', (type, figure, ...allowed) => {
  expect([hasFigure(type, figure), hasThresholdFigure(type, figure)]).toEqual(allowed);
});

it('a summary shows all figures of a type, and of trends the chosen ones', () => {
  expect(summaryFigures('counter', ['avg'])).toEqual(['count', 'rate']);
  expect(summaryFigures('gauge', ['avg'])).toEqual(['value', 'min', 'max']);
  expect(summaryFigures('rate', ['avg'])).toEqual(['rate', 'passes', 'fails']);
  expect(summaryFigures('trend', ['avg', 'p(99)'])).toEqual(['avg', 'p(99)']);
});

it('the figures of thresholds are listed for error texts', () => {
  expect(thresholdFiguresOf('counter')).toBe('count, rate');
  expect(thresholdFiguresOf('trend')).toBe('avg, min, max, med, p(N)');
});
