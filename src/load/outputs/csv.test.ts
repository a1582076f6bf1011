import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { writeFiles } from '../testing/files.ts';
import { openCsv } from './csv.ts';

it('a row has seconds, six digits, a cell per system tag, and quotes where CSV needs them', async () => {
  const folder = writeFiles({});
  const path = folder.path('samples.csv');
  const output = await openCsv(path, {
    options: { thresholds: [], summaryTrendStats: [] },
    clock: systemClock,
  });
  const metric = createMetrics().define('took', 'trend', 'time');
  const tags = { url: 'http://h/?a="b",c', status: '200', shop: 'one', till: '7' };
  output.add({ metric, value: 1.23456789, timeMs: 1_999, tags });
  output.add({ metric, value: 2, timeMs: 2_000, tags: {} });
  await output.close();

  const [, ...rows] = readFileSync(path, 'utf8').split('\n');
  expect(rows).toEqual([
    'took,1,1.234568,,,,,,,,,,,200,,,"http://h/?a=""b"",c",shop=one&till=7,',
    'took,2,2.000000,,,,,,,,,,,,,,,,',
    '',
  ]);
  folder.remove();
});
