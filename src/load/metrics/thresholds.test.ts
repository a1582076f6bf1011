import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics, type Metrics, untagged, withTags } from './metrics.ts';
import {
  createThresholds,
  parseSelector,
  parseThreshold,
  type ThresholdOption,
} from './thresholds.ts';

const figure = fc.oneof(
  fc.constantFrom('avg', 'min', 'med', 'max', 'count', 'rate', 'value'),
  fc.double({ min: 0, max: 100, noNaN: true }).map((n) => `p(${Number(n.toFixed(3))})`),
);
const operator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const limit = fc
  .oneof(fc.integer(), fc.double({ noNaN: true }))
  // Turns minus zero, which is written like zero, into zero.
  .map((number) => number + 0);
const space = fc.constantFrom('', ' ', '  ', '\t');

describe('the grammar of thresholds', () => {
  it('reads figure, operator and limit with any space between them', () => {
    fc.assert(
      fc.property(figure, operator, limit, space, space, (name, sign, number, before, after) => {
        const parsed = parseThreshold(`${before}${name}${after}${sign}${before}${number}${after}`);
        expect(parsed).toEqual({ figure: name, operator: sign, limit: number });
      }),
    );
  });

  it('compares as the operator says, for random expressions', () => {
    const compare: Record<string, (left: number, right: number) => boolean> = {
      '<': (left, right) => left < right,
      '<=': (left, right) => left <= right,
      '>': (left, right) => left > right,
      '>=': (left, right) => left >= right,
      '==': (left, right) => left === right,
      '===': (left, right) => left === right,
      '!=': (left, right) => left !== right,
    };
    const near = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(near, near, fc.constantFrom(...Object.keys(compare)), (value, to, sign) => {
        const metrics = createMetrics();
        metrics.define('level', 'gauge').add(value, untagged);
        const [result] = createThresholds(
          [
            {
              metric: 'level',
              expression: `value ${sign} ${to}`,
              abortOnFail: false,
              delayAbortEvalMs: 0,
            },
          ],
          metrics,
        ).results(1_000);
        expect(result).toMatchObject({ ok: compare[sign]?.(value, to), observed: value });
      }),
    );
  });

  it('reads nothing from random tokens but what an expression says', () => {
    const token = fc.oneof(
      figure,
      operator,
      fc.constantFrom('and', '(', ')', 'p(', '5', '1e3', 'avg', ' ', '=', '!', '-', '.', 'inf'),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 6 }), (tokens) => {
        const parsed = parseThreshold(tokens.join(''));
        if (!parsed) return;
        const again = parseThreshold(`${parsed.figure}${parsed.operator}${parsed.limit}`);
        expect(again).toEqual(parsed);
      }),
    );
  });

  it.each([
    ['count<1e3', { figure: 'count', operator: '<', limit: 1_000 }],
    ['p(99.90) <= .5', { figure: 'p(99.9)', operator: '<=', limit: 0.5 }],
    ['avg > -1.5E-2', { figure: 'avg', operator: '>', limit: -0.015 }],
    ['max<+Inf', { figure: 'max', operator: '<', limit: Number.POSITIVE_INFINITY }],
  ])('reads numbers as k6 does: %s', (text, expression) => {
    expect(parseThreshold(text)).toEqual(expression);
  });

  it.each([
    '',
    'p( 95 )<5',
    'AVG<5',
    'P(95)<5',
    'avg<0x10',
    'p(95)',
    'p95<500',
    'p(101)<1',
    'avg<',
    'avg<5 and max<6',
    'mean<5',
    'avg=5',
    'p()<5',
    '<5',
  ])('refuses %j', (text) => {
    expect(parseThreshold(text)).toBeUndefined();
  });

  it('reads === as ==', () => {
    expect(parseThreshold('count===1')?.operator).toBe('==');
  });

  it('reads tag sets', () => {
    expect(parseSelector('http_reqs')).toEqual({
      name: 'http_reqs',
      metric: 'http_reqs',
      tags: [],
    });
    expect(parseSelector('http_reqs{status:200, name:"http://a/b"}')?.tags).toEqual([
      ['status', '200'],
      ['name', 'http://a/b'],
    ]);
    expect(parseSelector('http_reqs{group:::checkout, scenario : crowd}')?.tags).toEqual([
      ['group', '::checkout'],
      ['scenario', 'crowd'],
    ]);
    for (const text of ['http_reqs{status}', 'http_reqs{}', 'http_reqs{a:1,}', 'http_reqs{a:}']) {
      expect(parseSelector(text)).toBeUndefined();
    }
    expect(parseSelector('a b')).toBeUndefined();
  });
});

describe('thresholds', () => {
  const option = (metric: string, expression: string, more = {}): ThresholdOption => ({
    metric,
    expression,
    abortOnFail: false,
    delayAbortEvalMs: 0,
    ...more,
  });
  const evaluate = (metrics: Metrics, ...options: ThresholdOption[]) =>
    createThresholds(options, metrics).results(1_000);

  it('compare the figure of the metric', () => {
    const metrics = createMetrics();
    const sold = metrics.define('sold', 'counter');
    sold.add(3, untagged);
    expect(evaluate(metrics, option('sold', 'count==3'), option('sold', 'count>3'))).toEqual([
      { metric: 'sold', expression: 'count==3', ok: true, observed: 3 },
      { metric: 'sold', expression: 'count>3', ok: false, observed: 3 },
    ]);
  });

  it('take a counter that nothing was added to for 0', () => {
    const metrics = createMetrics();
    metrics.define('errors', 'counter');
    expect(evaluate(metrics, option('errors', 'count<1'), option('errors', 'count>0'))).toEqual([
      { metric: 'errors', expression: 'count<1', ok: true, observed: 0 },
      { metric: 'errors', expression: 'count>0', ok: false, observed: 0 },
    ]);
  });

  it.each(['rate', 'gauge', 'trend'] as const)(
    'fail over a %s without samples, even if a figure of zero would pass',
    (type) => {
      const metrics = createMetrics();
      metrics.define('errors', type);
      const figure = { rate: 'rate', gauge: 'value', trend: 'max' }[type];
      expect(evaluate(metrics, option('errors', `${figure}<1`))).toEqual([
        { metric: 'errors', expression: `${figure}<1`, ok: false },
      ]);
    },
  );

  it('do not end the run over a counter before something was added to it', () => {
    const metrics = createMetrics();
    const sold = metrics.define('sold', 'counter');
    const thresholds = createThresholds(
      [{ ...option('sold', 'count>5'), abortOnFail: true }],
      metrics,
    );
    expect(thresholds.abortCause(1_000)).toBeUndefined();
    sold.add(1, untagged);
    expect(thresholds.abortCause(1_000)).toMatchObject({ ok: false, observed: 1 });
  });

  it('compare only the samples with the tags that they name', () => {
    const name = 'http_reqs{status:201,scenario:crowd}';
    const metrics = createMetrics([
      {
        name,
        metric: 'http_reqs',
        tags: [
          ['status', '201'],
          ['scenario', 'crowd'],
        ],
      },
    ]);
    const requests = metrics.define('http_reqs', 'counter');
    const crowd = withTags({ scenario: 'crowd' }, untagged);
    requests.add(1, withTags({ status: 201 }, crowd));
    requests.add(1, withTags({ status: 409 }, crowd));
    requests.add(1, withTags({ status: 201, scenario: 'late' }, crowd));
    expect(
      evaluate(metrics, option(name, 'count==1'), option('http_reqs', 'count==3')),
    ).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('abort a run only with samples, with abortOnFail, and after the delay', () => {
    const metrics = createMetrics();
    const failures = metrics.define('failures', 'rate');
    const thresholds = createThresholds(
      [
        option('failures', 'rate<0.5'),
        option('failures', 'rate<0.5', { abortOnFail: true, delayAbortEvalMs: 2_000 }),
      ],
      metrics,
    );
    expect(thresholds.abortCause(3_000)).toBeUndefined();
    failures.add(1, untagged);
    expect(thresholds.abortCause(1_000)).toBeUndefined();
    expect(thresholds.abortCause(3_000)).toMatchObject({ metric: 'failures', ok: false });
    for (let answers = 0; answers < 9; answers += 1) failures.add(0, untagged);
    expect(thresholds.results(3_100).map(({ ok }) => ok)).toEqual([true, false]);
  });
});
