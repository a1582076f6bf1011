import { expect, it } from 'vitest';
import type { CallEvent } from '../../history/call-watch.ts';
import { untagged } from '../../load/metrics/metrics.ts';
import { loadOptions } from '../../load/testing/script.ts';
import type { WorkerReport } from './messages.ts';
import { WorkerReporter } from './worker-reporter.ts';

function createReporter({ wantsSamples = false } = {}) {
  const reports: WorkerReport[] = [];
  const reporter = new WorkerReporter({
    script: { options: loadOptions(), describeError: String, exports: [] },
    wantsSamples,
    clock: { nowMs: () => 7, monotonicNs: () => 9 },
    crew: () => ({ progress: () => 0.5, offered: () => 3, takeLagMsMax: () => 12 }),
    post: (report) => reports.push(report),
  });
  return { reporter, reports };
}

it('reports what was counted since the report before, and keeps the counts of the whole run', () => {
  const { reporter, reports } = createReporter();
  reporter.tally.counts.iterations = 5;
  reporter.send();
  reporter.tally.counts.iterations += 2;
  expect(reporter.countOf('iterations')).toBe(7);
  reporter.send();
  expect(reports.map(({ tally }) => tally.counts.iterations)).toEqual([5, 2]);
  expect(reports[0]).toMatchObject({ progress: 0.5, offered: 3, lagMsMax: 12, samples: [] });
});

it('reports every sample on request, with those of the traffic, and at once when there are 5000', () => {
  const { reporter, reports } = createReporter({ wantsSamples: true });
  const metric = reporter.tally.metrics.define('bought', 'counter');
  for (let taken = 0; taken < 5_001; taken += 1) metric.add(2, untagged);
  expect(reports.map(({ samples }) => samples.length)).toEqual([5_002]);
  reporter.send();
  expect(reports[1]?.samples.filter(({ name }) => name === 'bought')).toEqual([
    { name: 'bought', metricType: 'counter', contains: 'default', value: 2, tags: {}, timeMs: 7 },
  ]);
});

it('tells once what the calls showed, and that everything before that moment is told', () => {
  const { reporter, reports } = createReporter();
  const event = { type: 'called' } as CallEvent;
  reporter.tellOf(event);
  reporter.send();
  reporter.send();
  expect(reports.map(({ calls, heardUntilNs }) => ({ calls, heardUntilNs }))).toEqual([
    { calls: [event], heardUntilNs: 9 },
    { calls: [], heardUntilNs: 9 },
  ]);
});
