import { describe, expect, it } from 'vitest';
import { createMetrics, type Metric } from '../metrics/metrics.ts';
import { exposition } from './prometheus.ts';
import { assertNoneLeftOut, createSeriesTable } from './series.ts';

describe('series', () => {
  const metrics = createMetrics();
  const requests = metrics.define('http_reqs', 'counter');
  const duration = metrics.define('http_req_duration', 'trend', 'time');
  const add = (metric: Metric, value: number, tags = {}) => ({ metric, value, timeMs: 0, tags });

  it('have k6’s names, sorted labels and seconds', () => {
    const table = createSeriesTable(['avg', 'p(99.9)', 'count']);
    table.add(add(requests, 1, { status: '200', name: 'pay', url: 'http://x/1', 'a-b': 'c' }));
    table.add(add(requests, 1, { status: '200', name: 'pay', url: 'http://x/2', 'a-b': 'c' }));
    table.add(add(metrics.define('checks', 'rate'), 1));
    table.add(add(metrics.define('checks', 'rate'), 0));
    table.add(add(metrics.define('vus', 'gauge'), 7, { group: '' }));
    table.add(add(duration, 1_500, { name: 'say "hi"\\\n' }));
    expect(exposition(table.read())).toBe(
      `# TYPE k6_http_reqs_total counter
k6_http_reqs_total{a_b="c",name="pay",status="200"} 2
# TYPE k6_checks_rate gauge
k6_checks_rate 0.5
# TYPE k6_vus gauge
k6_vus 7
# TYPE k6_http_req_duration_avg gauge
k6_http_req_duration_avg{name="say \\"hi\\"\\\\\\n"} 1.5
# TYPE k6_http_req_duration_p999 gauge
k6_http_req_duration_p999{name="say \\"hi\\"\\\\\\n"} 1.5
# TYPE k6_http_req_duration_count gauge
k6_http_req_duration_count{name="say \\"hi\\"\\\\\\n"} 1
`,
    );
  });

  it('are limited in number, and samples without a series are counted', () => {
    const table = createSeriesTable(['avg'], { seriesMax: 2 });
    for (let id = 0; id < 10; id += 1) table.add(add(requests, 1, { name: `/orders/${id}` }));
    expect(table.read()).toHaveLength(2);
    expect(table.leftOut()).toBe(8);
  });

  it('are read only if they changed, with changedOnly', () => {
    const table = createSeriesTable(['avg']);
    table.add(add(requests, 1, { name: 'a' }));
    expect(table.read({ changedOnly: true })).toHaveLength(1);
    expect(table.read({ changedOnly: true })).toEqual([]);
    table.add(add(requests, 1, { name: 'a' }));
    expect(table.read({ changedOnly: true })).toMatchObject([{ value: 2 }]);
  });

  it('have the slowest of the requests with a trace since they were read, in seconds, as native histograms', () => {
    const table = createSeriesTable([], { isNative: true });
    const exemplars = () => table.read().map(({ exemplar }) => exemplar);
    const traced = (value: number, traceId?: string) =>
      table.add({ ...add(duration, value), timeMs: value, traceId });
    traced(9_000);
    expect(exemplars()).toEqual([undefined]);
    for (const [value, id] of [
      [200, 'a'],
      [700, 'b'],
      [300, 'c'],
    ] as const)
      traced(value, id);
    expect(exemplars()).toEqual([{ traceId: 'b', value: 0.7, timeMs: 700 }]);
    traced(100, 'd');
    expect(exemplars()).toEqual([{ traceId: 'd', value: 0.1, timeMs: 100 }]);
    // A push that failed is repeated, with the same exemplar.
    expect(exemplars()).toEqual([{ traceId: 'd', value: 0.1, timeMs: 100 }]);
  });

  it('that were left out make an output incomplete', () => {
    expect(() => assertNoneLeftOut('--out x', { leftOut: () => 0 })).not.toThrow();
    expect(() => assertNoneLeftOut('--out x', { leftOut: () => 8 })).toThrow(
      '--out x does not have everything',
    );
  });
});
