import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

it('a histogram counts each observation in all buckets whose edge it does not pass', async () => {
  const registry = new Registry();
  const duration = new Histogram({
    name: 'duration_seconds',
    help: 'Time taken.',
    labelNames: ['route'],
    buckets: [0.5, 1],
    registers: [registry],
  });
  for (const seconds of [0.25, 0.5, 0.75, 4]) duration.labels('/a').observe(seconds);
  duration.labels('/"b"').observe(1);

  expect((await registry.metrics()).trim().split('\n')).toEqual([
    '# HELP duration_seconds Time taken.',
    '# TYPE duration_seconds histogram',
    'duration_seconds_bucket{le="0.5",route="/a"} 2',
    'duration_seconds_bucket{le="1",route="/a"} 3',
    'duration_seconds_bucket{le="+Inf",route="/a"} 4',
    'duration_seconds_sum{route="/a"} 5.5',
    'duration_seconds_count{route="/a"} 4',
    'duration_seconds_bucket{le="0.5",route="/\\"b\\""} 0',
    'duration_seconds_bucket{le="1",route="/\\"b\\""} 1',
    'duration_seconds_bucket{le="+Inf",route="/\\"b\\""} 1',
    'duration_seconds_sum{route="/\\"b\\""} 1',
    'duration_seconds_count{route="/\\"b\\""} 1',
  ]);
});
