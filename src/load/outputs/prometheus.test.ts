import { describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { findFreePort } from '../../stack/processes/free-port.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { exposition, openPrometheus } from './prometheus.ts';

describe('the text format', () => {
  it('has one type per name, even for series that are not adjacent', () => {
    const series = (name: string, labels: [string, string][], value: number) =>
      ({ name, type: 'gauge', labels, value }) as const;
    expect(
      exposition([series('a', [], 1), series('b', [], 2), series('a', [['x', '\\"\n']], 3)]),
    ).toBe('# TYPE a gauge\na 1\na{x="\\\\\\"\\n"} 3\n# TYPE b gauge\nb 2\n');
  });
});

it('only GET /metrics is served', async () => {
  const port = await findFreePort();
  const output = await openPrometheus(String(port), {
    options: { thresholds: [], summaryTrendStats: ['avg'] },
    clock: systemClock,
  });
  const metric = createMetrics().define('sold', 'counter');
  output.add({ metric, value: 2, timeMs: 0, tags: {} });
  const url = `http://127.0.0.1:${port}`;
  const served = await fetch(`${url}/metrics?x=1`);
  expect([served.status, await served.text()]).toEqual([
    200,
    '# TYPE k6_sold_total counter\nk6_sold_total 2\n',
  ]);
  expect((await fetch(`${url}/other`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
  await output.close();
  await output.close();
});
