import { describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { writeFiles } from '../../load/testing/files.ts';
import { createMemoryHistory } from '../../load/testing/memory-history.ts';
import { referenceTarget } from '../../target/reference.ts';
import { loadScript } from '../script/load-script.ts';
import { createK6Results } from './k6-results.ts';
import { NOTE, NOTES } from './notes.ts';

/** The results of a script with these options, and a function that adds a sample. */
async function resultsOf(options: string) {
  const folder = writeFiles({
    'script.js': `import { Counter } from 'k6/metrics';
      const bought = new Counter('bought');
      export const options = ${options};
      export default function () {}`,
  });
  const script = await loadScript(folder.path('script.js'), { env: {} });
  folder.remove();
  const results = createK6Results({
    ...{ script, env: {}, target: referenceTarget },
    ...{ history: createMemoryHistory(), clock: systemClock },
  });
  const time = '2026-01-01T00:00:00.000001Z';
  const add = (metric: string, value: number, tags: Record<string, string> = {}, note?: object) =>
    results.add({
      type: 'Point',
      metric,
      data: { time, value, tags, ...(note && { metadata: { [NOTE]: JSON.stringify(note) } }) },
    });
  return { results, add };
}

describe('the results of k6', () => {
  it('count iterations, checks, custom metrics and thresholds', async () => {
    const { results, add } = await resultsOf(
      `{ iterations: 4, thresholds: { bought: ['count>2'], checks: ['rate>0.9'] } }`,
    );
    results.add({
      type: 'Metric',
      metric: 'bought',
      data: { type: 'counter', contains: 'default' },
    });
    add('bought', 3);
    add('iterations', 1);
    add('checks', 1, { check: 'is open', group: '::till' });
    add('checks', 0, { check: 'is open', group: '::till' });
    add(NOTES, 1, {}, { type: 'iteration' });
    add(NOTES, 1, {}, { type: 'iteration' });

    expect(results.tick()).toMatchObject({ iterations: 1, progress: 0.25 });
    const result = results.finish(undefined);
    expect(result.checks).toEqual([{ name: 'is open', group: '::till', passes: 1, fails: 1 }]);
    expect(result.metrics.bought?.values.count).toBe(3);
    expect(result.metrics).not.toHaveProperty(NOTES);
    expect(result.thresholds.map(({ ok }) => ok)).toEqual([true, false]);
    expect(result).toMatchObject({ iterations: 1, interruptedIterations: 1 });
    expect(result).not.toHaveProperty('stoppedBy');
  });

  it('report the iterations that arrival rates asked for, dropped ones included', async () => {
    const { results, add } = await resultsOf(
      `{ scenarios: { rush: { executor: 'constant-arrival-rate', rate: 5, duration: '1s', preAllocatedVUs: 1 } } }`,
    );
    add('iterations', 3, { scenario: 'rush' });
    add('dropped_iterations', 2, { scenario: 'rush' });
    expect(results.tick().offeredRate).toBeGreaterThan(0);
    const result = results.finish('interrupt');
    expect(result.generator.offeredIterations).toBe(5);
    expect(result).toMatchObject({ droppedIterations: 2, stoppedBy: 'interrupt' });
  });

  it('take the latency of the requests since the last tick', async () => {
    const { results, add } = await resultsOf('{}');
    add('http_req_duration', 40);
    expect(results.tick().latencyMs.max).toBe(40);
    expect(results.tick().latencyMs.max).toBe(0);
  });

  it('end with the line of handleSummary', async () => {
    const { results, add } = await resultsOf('{ duration: "1h" }');
    add('vus', 3);
    expect(results.tick()).toMatchObject({ activeVus: 3 });
    results.add({ type: 'Summary', testRunDurationMs: 1_234, returned: { stdout: 'x' } });
    expect(results.tick()).toMatchObject({ activeVus: 0, progress: 1, elapsedMs: 1_234 });
    expect(results.summary()?.returned).toEqual({ stdout: 'x' });
  });
});
