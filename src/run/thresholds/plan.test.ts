import { describe, expect, it } from 'vitest';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { DescribedShopOptions } from '../context.ts';
import { meansOf } from '../shop/testing/means.ts';
import { readThresholdPlan } from './plan.ts';

const PROMETHEUS = { prometheusUrl: 'http://127.0.0.1:9090' };

const shopWith = (evidence: { database?: string }): DescribedShopOptions => ({
  file: meansOf({ evidence }).file,
  isOwned: true,
});

function read(
  runThresholds: unknown,
  options: Parameters<typeof readThresholdPlan>[1] = PROMETHEUS,
  sale: LoadedScript['sale'] = { stock: 1, buyers: 2 },
) {
  const script = { name: 'rush', path: '/rush.ts', options: { runThresholds }, sale };
  return readThresholdPlan(script as LoadedScript, options);
}

describe('thresholds over the whole run', () => {
  it('are names of checks, and queries with the expressions for their one number', () => {
    expect(
      read({
        checks: ['never-oversold'],
        promql: { 'sum(x)': ['value<0.5', 'value>=0'] },
        sql: { 'SELECT 1': ['value==1'] },
      }),
    ).toEqual({
      checks: ['never-oversold'],
      promql: [
        {
          query: 'sum(x)',
          expressions: [
            { text: 'value<0.5', parsed: { figure: 'value', operator: '<', limit: 0.5 } },
            { text: 'value>=0', parsed: { figure: 'value', operator: '>=', limit: 0 } },
          ],
        },
      ],
      sql: [
        {
          query: 'SELECT 1',
          expressions: [
            { text: 'value==1', parsed: { figure: 'value', operator: '==', limit: 1 } },
          ],
        },
      ],
    });
  });

  it('are empty if the script has none', () => {
    expect(read(undefined, {})).toEqual({ checks: [], promql: [], sql: [] });
  });

  it.each([
    [{ check: [] }, 'Unrecognized key: "check"'],
    [{ checks: ['oversold'] }, 'thresholds.checks.0: there is no check "oversold", only never-'],
    [{ sql: { 'SELECT 1': ['p(95)<1'] } }, 'sql.SELECT 1.0: "p(95)<1" is not a threshold like'],
    [{ sql: { 'SELECT 1': ['value is 1'] } }, '"value is 1" is not a threshold like value<0.5'],
    [{ sql: { 'SELECT 1': 'value==1' } }, 'sql.SELECT 1: Invalid input: expected array'],
    [
      { promql: { 'rate(x[$__interval])': ['value<1'] } },
      'there is no $__interval, only $__range, $__sku, $__skus',
    ],
  ])('%j is refused', (thresholds, why) => {
    expect(() => read(thresholds)).toThrow(
      expect.objectContaining({ exitCode: 2, why: expect.stringContaining(why) }),
    );
  });

  it.each([
    ['PromQL without a Prometheus', { promql: { up: ['value==1'] } }, {}, '--prometheus-url'],
    ['SQL at a target', { sql: { 'SELECT 1': [] } }, { targets: ['http://shop'] }, '--sql-url'],
    ['SQL in a shop', { sql: { 'SELECT 1': [] } }, { shop: shopWith({}) }, 'evidence.database'],
  ])('%s is refused, and the missing option is named', (_, thresholds, options, next) => {
    expect(() => read(thresholds, options)).toThrow(
      expect.objectContaining({ exitCode: 2, next: expect.stringContaining(next) }),
    );
  });

  it('a target file may name the database', () => {
    const shop = shopWith({ database: '{env.SHOP_DB}' });
    expect(read({ sql: { 'SELECT 1': [] } }, { shop }).sql).toHaveLength(1);
  });

  it('a target’s database may be given', () => {
    const options = { targets: ['http://shop'], sqlUrl: 'postgres://shop/db' };
    expect(read({ sql: { 'SELECT 1': [] } }, options).sql).toHaveLength(1);
  });

  it.each([
    [{ checks: ['conservation'] }, /nothing to check/],
    [{ sql: { 'SELECT 1': [] } }, /no database to ask/],
    [{ promql: { 'x{sku="$__sku"}': [] } }, /cannot be judged/],
  ])('a script that sells nothing cannot have %j', (thresholds, message) => {
    const script = { name: 'browse', path: '/b.js', options: { runThresholds: thresholds } };
    expect(() => readThresholdPlan(script as LoadedScript, PROMETHEUS)).toThrow(message);
  });
});
