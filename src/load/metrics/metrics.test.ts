import { describe, expect, it } from 'vitest';
import {
  asTags,
  createMetrics,
  type MetricSelector,
  type TagSource,
  untagged,
  withTags,
} from './metrics.ts';

const OK_ONLY: MetricSelector = {
  name: 'reqs{status:200}',
  metric: 'reqs',
  tags: [['status', '200']],
};

describe('a metric', () => {
  it('is declared once, and never again with another type or unit', () => {
    const metrics = createMetrics();
    const first = metrics.define('xs', 'rate');
    expect(metrics.define('xs', 'rate')).toBe(first);
    expect(metrics.get('xs')).toBe(first);
    expect(() => metrics.define('xs', 'trend')).toThrow('"xs" is already a rate');
    expect(() => metrics.define('xs', 'rate', 'time')).toThrow('cannot also be a rate of time');
    expect(() => metrics.define('1x', 'trend')).toThrow('not a metric name');
  });

  it('refuses values that are no finite numbers', () => {
    const metric = createMetrics().define('xs', 'rate');
    expect(() => metric.add(Number.NaN, untagged)).toThrow('not a finite number');
    expect(() => metric.add(Number.POSITIVE_INFINITY, untagged)).toThrow('not a finite number');
  });

  it('reads tags only for thresholds and observers', () => {
    const source: TagSource = {
      tag() {
        throw new Error('read');
      },
      allTags: () => ({}),
    };
    const plain = createMetrics().define('reqs', 'counter');
    plain.add(1, source);
    expect(plain.readsTags).toBe(false);
    expect(createMetrics([OK_ONLY]).define('reqs', 'counter').readsTags).toBe(true);
    expect(createMetrics([], () => {}).define('reqs', 'counter').readsTags).toBe(true);
  });

  it('reports every sample to the observer', () => {
    const seen: unknown[] = [];
    const metrics = createMetrics([], ({ name }, value, source) =>
      seen.push([name, value, source]),
    );
    metrics.define('xs', 'gauge').add(5, untagged);
    expect(seen).toEqual([['xs', 5, untagged]]);
  });
});

it('drained samples are added to the metrics of another thread, those with tags included', () => {
  const [worker, all] = [createMetrics([OK_ONLY]), createMetrics([OK_ONLY])];
  all.define('reqs', 'counter').add(1, untagged);
  const requests = worker.define('reqs', 'counter');
  requests.add(2, withTags({ status: 200 }, untagged));
  requests.add(4, withTags({ status: 404 }, untagged));
  worker.define('unused', 'counter');
  worker.define('size', 'trend', 'data').add(9, untagged);
  all.merge(structuredClone(worker.drain()));

  const merged = all.get('reqs');
  expect(merged?.sink.figure('count', 0)).toBe(7);
  expect(merged?.subMetrics.map(({ name, sink }) => [name, sink.figure('count', 0)])).toEqual([
    ['reqs{status:200}', 2],
  ]);
  expect(all.get('size')).toMatchObject({ type: 'trend', contains: 'data' });
  expect(all.get('unused')).toBeUndefined();
  expect(worker.drain()).toEqual([]);
});

describe('tags', () => {
  const below = withTags({ scenario: 'crowd', shop: 'one' }, untagged);

  it('of a sample win over those below them', () => {
    const source = withTags({ shop: 2, name: undefined }, below);
    expect([source.tag('shop'), source.tag('scenario'), source.tag('name')]).toEqual([
      '2',
      'crowd',
      undefined,
    ]);
    expect(source.allTags()).toEqual({ scenario: 'crowd', shop: '2' });
  });

  it('from scripts become text, without undefined ones', () => {
    expect(asTags({ a: 1, b: true, c: undefined, d: null })).toEqual({
      a: '1',
      b: 'true',
      d: 'null',
    });
    expect(asTags(undefined)).toEqual({});
  });
});
