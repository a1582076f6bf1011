import { expect, it } from 'vitest';
import { createHttpMetrics } from './http-metrics.ts';
import { createMetrics } from './metrics.ts';
import { addZeroSamples, createTotalRecorder, defineRunMetrics } from './run-metrics.ts';

it('the counters of the engine have a sample before anything runs, those of scripts have none', () => {
  const metrics = createMetrics();
  defineRunMetrics(metrics);
  createHttpMetrics(metrics);
  metrics.define('sold', 'counter');
  addZeroSamples(metrics);
  const sampled = metrics.all().filter(({ sink }) => sink.samples > 0);
  expect(sampled.map(({ name }) => name).toSorted()).toEqual([
    'dropped_iterations',
    'http_reqs',
    'iterations',
  ]);
});

it('a growing total is recorded by its increases', () => {
  const metric = createMetrics().define('data_sent', 'counter', 'data');
  const record = createTotalRecorder(metric);
  for (const total of [100, 100, 250]) record(total);
  expect(metric.sink.figure('count', 0)).toBe(250);
  expect(metric.sink.samples).toBe(3);
});
