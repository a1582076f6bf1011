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

it('a page that is read regularly stays until its last state was read', async () => {
  const port = await findFreePort();
  let verdict = 'unknown';
  const output = await openPrometheus(String(port), {
    options: { thresholds: [], summaryTrendStats: ['avg'] },
    clock: systemClock,
    readSeries: () => [{ name: 'ended', type: 'gauge', labels: [['verdict', verdict]], value: 1 }],
  });
  const read = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  await output.beRead?.();
  await read();
  await read();
  verdict = 'valid';
  let wasRead = false;
  const beRead = output.beRead?.().then(() => {
    wasRead = true;
  });
  await Promise.resolve();
  expect(wasRead).toBe(false);
  expect(await read()).toContain('ended{verdict="valid"} 1');
  await beRead;
  await output.close();
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
