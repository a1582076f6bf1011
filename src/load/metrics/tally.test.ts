import { expect, it } from 'vitest';
import { untagged } from './metrics.ts';
import { createTally, type Tally } from './tally.ts';

const create = (thresholds: string[] = [], hasSummary = false): Tally =>
  createTally(
    {
      thresholds: thresholds.map((metric) => ({
        ...{ metric, expression: 'count>0', abortOnFail: false, delayAbortEvalMs: 0 },
      })),
    },
    { describeError: String, log: () => {}, observe: undefined, hasSummary },
  );

it('aggregates each tag set of a threshold once, and successful requests for handleSummary', () => {
  const name = 'http_reqs{status:200}';
  const tally = create([name, name], true);
  const subMetricsOf = (metric: string) =>
    tally.metrics.get(metric)?.subMetrics.map((subMetric) => subMetric.name);
  expect(subMetricsOf('http_reqs')).toEqual([name]);
  expect(subMetricsOf('http_req_duration')).toEqual(['http_req_duration{expected_response:true}']);
  expect(create().metrics.get('http_req_duration')?.subMetrics).toEqual([]);
});

it('adds everything that other tallies drained', () => {
  const [worker, all] = [create(), create()];
  all.counts.iterations = 1;
  worker.counts.iterations = 2;
  worker.counts.vusActive = 3;
  worker.outcomes.sent = 4;
  worker.checks.count('', 'is there', true);
  worker.exceptions.record('thrown');
  worker.latency.add(5);
  worker.runMetrics.iterations.add(2, untagged);
  all.merge(structuredClone(worker.drain()));

  expect(all.counts).toMatchObject({ iterations: 3, vusActive: 3, dropped: 0 });
  expect(all.outcomes.sent).toBe(4);
  expect(all.checks.all()).toEqual([{ group: '', name: 'is there', passes: 1, fails: 0 }]);
  expect(all.exceptions.result()).toMatchObject({ count: 1, first: ['thrown'] });
  expect(all.latency.figure('max')).toBe(5);
  expect(all.runMetrics.iterations.sink.figure('count', 0)).toBe(2);

  const again = worker.drain();
  expect([again.counts.iterations, again.outcomes.sent, again.latency]).toEqual([0, 0, undefined]);
});
