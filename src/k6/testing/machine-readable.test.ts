import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithK6 } from '../../../test/k6.ts';
import { systemClock } from '../../kernel/clock.ts';
import { startLoad } from '../../load/engine/start-load.ts';
import {
  type MachineReadableSummary,
  machineReadableSummary,
} from '../../load/metrics/machine-readable.ts';
import type { TestServer } from '../../load/testing/servers.ts';
import { startK6 } from '../binary/run-k6.ts';
import { serveEcho } from './echo-server.ts';
import { runScript } from './run-script.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveEcho();
});
afterAll(() => server.close());

/**
 * Written by k6 1.8.1, with the script in it: `k6 run --new-machine-readable-summary --summary-mode full --summary-export`,
 * and the same with `compact`. Only the order of the metrics is ours, for it is another with each run of k6.
 */
const recorded = (mode: string): MachineReadableSummary =>
  JSON.parse(
    readFileSync(new URL(`recorded/summary-${mode}.json`, import.meta.url), 'utf8'),
  ) as MachineReadableSummary;

/** The metrics that are in each summary of ours, and not in k6's of so short a run (docs/k6.md). */
const isOurs = (name: string): boolean =>
  name.startsWith('flashsale_') || ['dropped_iterations', 'vus', 'vus_max'].includes(name);

/** Differs from one run to the next. */
const measured = (value: unknown): string | null => (value === null ? null : typeof value);

/** Every line of the document but what is measured, of which the kind of value stays. */
function linesOf({ config, metadata, results, version }: MachineReadableSummary): string[] {
  const metrics = results.metrics
    .filter(({ name }) => !isOurs(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ contains, name, type, values }) => ({
      ...{ contains, name, type },
      values:
        contains === 'default'
          ? values
          : Object.fromEntries(Object.entries(values).map(([key, of]) => [key, measured(of)])),
    }));
  const document = {
    config: { ...config, duration: measured(config.duration) },
    metadata: { ...metadata, generated_at: new Date(metadata.generated_at) > new Date(0) },
    results: { ...results, metrics },
    version,
  };
  return JSON.stringify(document, null, 1).split('\n');
}

const options = () => ({ env: { BASE: server.origin } });

describe.each(['full', 'compact'])('the machine-readable summary, %s', (mode) => {
  const expected = recorded(mode);
  const { script } = expected.config;
  const summaryForm = { script, isFull: mode === 'full' };

  it('is line by line what k6 gives to handleSummary, and exports', async () => {
    const { result } = await runScript(script, {
      ...options(),
      start: (spec) => startLoad({ ...spec, summaryForm }),
    });
    const given = JSON.parse(result.summaryOutput?.stdout ?? '') as MachineReadableSummary;
    expect(linesOf(given)).toEqual(linesOf(expected));
    const exported = machineReadableSummary(result, summaryForm, systemClock.nowMs());
    expect(linesOf(exported)).toEqual(linesOf(expected));
  });

  describeWithK6('when k6 fires the load', () => {
    it('is that of k6', async () => {
      const { result } = await runScript(script, {
        ...options(),
        start: (spec) => startK6({ ...spec, summaryForm }, process.env),
      });
      const given = JSON.parse(result.summaryOutput?.stdout ?? '') as MachineReadableSummary;
      // k6 reads a bundle.
      expect(linesOf({ ...given, config: { ...given.config, script } })).toEqual(linesOf(expected));
    });
  });
});

it('lists metrics by their kinds, as k6 does', () => {
  const metrics = Object.fromEntries(
    ['basket', 'data_sent', 'ws_sessions', 'vus', 'http_reqs', 'vus_of_mine'].map((name) => [
      name,
      { type: 'counter' as const, contains: 'default' as const, values: { count: 1 } },
    ]),
  );
  const form = { script: '', isFull: false };
  const { results } = machineReadableSummary({ metrics, checks: [], elapsedMs: 1_500 }, form, 0);
  expect(results.metrics.map(({ name }) => name)).toEqual([
    ...['http_reqs', 'vus', 'vus_of_mine', 'data_sent', 'ws_sessions', 'basket'],
  ]);
  expect(results.checks).toEqual({ metrics: [], results: [] });
});
