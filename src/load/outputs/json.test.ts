import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { writeFiles } from '../testing/files.ts';
import { openJson } from './json.ts';

it('a metric is described once, with its thresholds, before its first sample', async () => {
  const folder = writeFiles({});
  const path = folder.path('samples.json');
  const threshold = { expression: 'count<9', abortOnFail: false, delayAbortEvalMs: 0 };
  const output = await openJson(path, {
    options: {
      thresholds: [
        { ...threshold, metric: 'sold' },
        { ...threshold, metric: 'other' },
      ],
      summaryTrendStats: [],
    },
    clock: systemClock,
  });
  const metric = createMetrics().define('sold', 'counter');
  output.add({ metric, value: 1, timeMs: 0, tags: { color: 'red' } });
  output.add({ metric, value: 2.5, timeMs: 1, tags: { color: '"' } });
  await output.close();

  expect(readFileSync(path, 'utf8').split('\n')).toEqual([
    '{"type":"Metric","data":{"name":"sold","type":"counter","contains":"default","thresholds":["count<9"],"submetrics":null},"metric":"sold"}',
    '{"metric":"sold","type":"Point","data":{"time":"1970-01-01T00:00:00.000Z","value":1,"tags":{"color":"red"}}}',
    '{"metric":"sold","type":"Point","data":{"time":"1970-01-01T00:00:00.001Z","value":2.5,"tags":{"color":"\\""}}}',
    '',
  ]);
  folder.remove();
});
