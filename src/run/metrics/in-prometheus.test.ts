import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPrometheus } from '../../../test/prometheus.ts';
import { until } from '../../../test/until.ts';
import { systemClock } from '../../kernel/clock.ts';
import { createPrometheus, type PrometheusServer } from '../../stack/services/prometheus.ts';
import { startRun } from '../run.ts';

describeWithPrometheus('a run in a Prometheus', () => {
  let folder: string;
  let prometheus: PrometheusServer & { stop(): Promise<void> };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flashsale-test-'));
    const configFile = join(folder, 'prometheus.yml');
    writeFileSync(configFile, 'global: {}\n');
    const resource = createPrometheus({ folder, configFile, receivesRemoteWrites: true });
    prometheus = { ...(await resource.start()), stop: resource.stop };
  });
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true });
  });

  async function query(expression: string): Promise<Record<string, string>[]> {
    const answer = await fetch(
      `${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    const { data } = (await answer.json()) as {
      data: { result: { metric: Record<string, string> }[] };
    };
    return data.result.map(({ metric }) => metric);
  }

  it('G.3 has its result, its events and the samples of its load, all with its testid', async () => {
    const scenario = join(folder, 'visit.js');
    writeFileSync(
      scenario,
      `import { check } from 'k6';
       export const options = {
         iterations: 3, tags: { testid: 'night-7' }, thresholds: { checks: ['rate==1'] },
       };
       export default () => check(1, { 'is one': (one) => one === 1 });`,
    );
    const outputs = [`prometheus-rw=${prometheus.url}/api/v1/write`];
    const { outputProblems } = await startRun(
      {
        ...{ scenario, outputs, seed: 7, strategy: 'batched', unsafe: false, instances: 1 },
        ...{ redis: false, kafka: false, holdTtlMs: 1_000, keep: false, version: '1', command: '' },
      },
      { clock: systemClock, onEvent() {} },
    ).report;
    expect(outputProblems).toEqual([]);

    await until(async () => (await query('flashsale_run_verdict_status')).length > 0);
    const run = { testid: 'night-7', scenario: 'visit' };
    expect(await query('flashsale_run_verdict_status == 1')).toMatchObject([
      { ...run, status: 'passed' },
    ]);
    expect(await query('flashsale_run_threshold_status == 1')).toMatchObject([
      { ...run, threshold: 'checks: rate==1', status: 'passed' },
    ]);
    expect(await query('flashsale_run_iterations_total == 3')).toMatchObject([run]);
    expect(await query('flashsale_run_phase{phase="load"} == 0')).toMatchObject([run]);
    const events = await query('abs(flashsale_run_event_timestamp_seconds - time()) < 600');
    expect(events.map(({ kind }) => kind).toSorted()).toEqual(['end', 'phase', 'start', 'verdict']);
    expect(await query('k6_iterations_total{testid="night-7"} == 3')).toHaveLength(1);
  });
});
