import { expect, it } from 'vitest';
import type { CheckResult } from '../../checkers/checker.ts';
import type { ThresholdExpression } from '../../load/metrics/thresholds.ts';
import { judgeChecks, judgeQuery } from './judge.ts';

const BELOW_ONE: ThresholdExpression = { figure: 'value', operator: '<', limit: 1 };
const ZERO: ThresholdExpression = { figure: 'value', operator: '==', limit: 0 };
const THRESHOLD = {
  query: 'sum(x)',
  expressions: [
    { text: 'value<1', parsed: BELOW_ONE },
    { text: 'value==0', parsed: ZERO },
  ],
};

it('compares the one number of a query with each of its limits', () => {
  expect(judgeQuery('promql', THRESHOLD, { value: 0.5 })).toEqual([
    { metric: 'promql: sum(x)', expression: 'value<1', ok: true, observed: 0.5 },
    { metric: 'promql: sum(x)', expression: 'value==0', ok: false, observed: 0.5 },
  ]);
});

it('fails every limit of a query without a number, with the reason', () => {
  const reason = 'it has no row';
  expect(judgeQuery('sql', THRESHOLD, { reason })).toEqual([
    { metric: 'sql: sum(x)', expression: 'value<1', ok: false, reason },
    { metric: 'sql: sum(x)', expression: 'value==0', ok: false, reason },
  ]);
});

it('passes a check only if it is valid', () => {
  const results: CheckResult[] = [
    { name: 'conservation', status: 'valid', summary: 'columns agree' },
    { name: 'exactly-once', status: 'skipped', summary: 'no keys' },
    { name: 'never-oversold', status: 'unknown', summary: 'no ledger' },
  ];
  expect(judgeChecks(['conservation', 'exactly-once', 'never-oversold'], results)).toEqual([
    { metric: 'check: conservation', expression: 'valid', ok: true },
    { metric: 'check: exactly-once', expression: 'valid', ok: false, reason: 'skipped: no keys' },
    {
      metric: 'check: never-oversold',
      expression: 'valid',
      ok: false,
      reason: 'unknown: no ledger',
    },
  ]);
});
