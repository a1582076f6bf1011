import { describe, expect, it } from 'vitest';
import { createMetrics, untagged, withTags } from './metrics.ts';
import { groupTree, summarizeMetrics, summaryData } from './summary.ts';

const FIGURES = { elapsedMs: 2_000, trendStats: ['avg', 'p(99)'] };

describe('the summary', () => {
  it('has every metric with samples, and the tag sets of thresholds', () => {
    const metrics = createMetrics([
      { name: 'reqs{status:200}', metric: 'reqs', tags: [['status', '200']] },
    ]);
    const requests = metrics.define('reqs', 'counter');
    requests.add(1, withTags({ status: 200 }, untagged));
    requests.add(3, untagged);
    metrics.define('took', 'trend', 'time').add(5, untagged);
    metrics.define('unused', 'rate');

    expect(summarizeMetrics(metrics, FIGURES)).toEqual({
      reqs: { type: 'counter', contains: 'default', values: { count: 4, rate: 2 } },
      'reqs{status:200}': { type: 'counter', contains: 'default', values: { count: 1, rate: 0.5 } },
      took: { type: 'trend', contains: 'time', values: { avg: 5, 'p(99)': 5 } },
    });
  });

  it('has named metrics without samples, too, and those of named tag sets, but none of ours', () => {
    const metrics = createMetrics([{ name: 'gone{a:b}', metric: 'gone', tags: [['a', 'b']] }]);
    metrics.define('unused', 'rate');
    metrics.define('gone', 'counter');
    metrics.define('flashsale_scheduled_duration', 'trend', 'time');
    const named = ['unused', 'unknown', 'gone{a:b}', 'flashsale_scheduled_duration'];
    const gone = { type: 'counter', contains: 'default', values: { count: 0, rate: 0 } };
    expect(summarizeMetrics(metrics, { ...FIGURES, named })).toEqual({
      unused: { type: 'rate', contains: 'default', values: { rate: 0, passes: 0, fails: 0 } },
      ...{ gone, 'gone{a:b}': gone },
    });
  });
});

it('handleSummary gets metrics with their thresholds, options and the data of setup', () => {
  const data = summaryData({
    metrics: {
      reqs: { type: 'counter', contains: 'default', values: { count: 4, rate: 2 } },
      took: { type: 'trend', contains: 'time', values: { avg: 5 } },
    },
    thresholds: [
      { metric: 'reqs', expression: 'count>3', ok: true, observed: 4 },
      { metric: 'reqs', expression: 'rate>9', ok: false, observed: 2 },
      { metric: 'unknown', expression: 'count>0', ok: false },
    ],
    checks: [{ group: '', name: 'is there', passes: 1, fails: 0 }],
    groups: [''],
    ...FIGURES,
    timeUnit: 'ms',
    setupData: { sku: 'LAMP' },
  });
  expect(data.metrics.reqs?.thresholds).toEqual({
    'count>3': { ok: true },
    'rate>9': { ok: false },
  });
  expect(data.metrics.took?.thresholds).toBeUndefined();
  expect(Object.keys(data.metrics)).toEqual(['reqs', 'took']);
  expect(data.options).toEqual({
    summaryTrendStats: ['avg', 'p(99)'],
    summaryTimeUnit: 'ms',
    noColor: false,
  });
  expect(data.state.testRunDurationMs).toBe(2_000);
  expect(data.setup_data).toEqual({ sku: 'LAMP' });
  expect(data.root_group.checks).toHaveLength(1);
});

it('groups without checks are in the tree as well', () => {
  const [browse, buy] = groupTree([], ['::browse', '::buy::pay']).groups;
  expect([browse?.path, buy?.groups[0]?.path]).toEqual(['::browse', '::buy::pay']);
});

it('checks are arranged in groups, whose ids are the MD5 of their paths', () => {
  const tree = groupTree(
    [
      { group: '::a::b', name: 'deep', passes: 1, fails: 2 },
      { group: '::a', name: 'flat', passes: 3, fails: 0 },
    ],
    ['::a'],
  );
  expect(tree).toMatchObject({ name: '', path: '', id: 'd41d8cd98f00b204e9800998ecf8427e' });
  expect(tree.groups).toHaveLength(1);
  const [a] = tree.groups;
  expect(a).toMatchObject({ name: 'a', path: '::a', checks: [{ name: 'flat', passes: 3 }] });
  expect(a?.groups[0]).toMatchObject({
    name: 'b',
    path: '::a::b',
    checks: [{ name: 'deep', path: '::a::b::deep', passes: 1, fails: 2 }],
  });
});
