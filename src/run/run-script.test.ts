import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { saleOf } from '../../test/judge/story.ts';
import type { Verdict } from '../checkers/verdict.ts';
import { noHistory } from '../history/recorder.ts';
import { loadScript } from '../k6/script/load-script.ts';
import { systemClock } from '../kernel/clock.ts';
import { createScope } from '../stack/resource.ts';
import { defaultTarget } from '../target/registry.ts';
import type { RunDeps, ScriptRunOptions } from './context.ts';
import type { RunKind } from './run-kind.ts';
import { runScript } from './run-script.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const SCRIPT = `
export const sale = { stock: 1, buyers: 1 };
export const options = {
  iterations: 2,
  thresholds: { iterations: ['count==2'] },
  ext: { flashsale: { thresholds: { checks: ['never-oversold'], sql: { 'SELECT 1': ['value==1'] } } } },
};
export default () => console.log('iteration');
`;

it('prepares, fires the load, collects evidence at rest, asks queries and judges, in this order', async () => {
  const steps: string[] = [];
  const verdict: Verdict = {
    status: 'valid',
    sentence: 'Valid',
    checks: [{ name: 'never-oversold', status: 'valid', summary: 'one unit was sold' }],
    basis: 'It rests on 2 answers.',
    missing: [],
    inconclusiveBecause: [],
  };
  const kind: RunKind = {
    async prepare(startedAt) {
      steps.push(`prepare at ${startedAt}`);
      return {
        ...{ detail: 'the sale is on', env: {}, target: defaultTarget, history: noHistory, folder },
        queried: {},
        async collectEvidence({ iterations }) {
          steps.push(`collect after ${iterations} iterations`);
        },
        async judge() {
          steps.push('judge');
          return { target: ['http://one'], sale: saleOf(), stock: [], seen: [], verdict };
        },
      };
    },
  };
  const path = join(folder, 'rush.js');
  await writeFile(path, SCRIPT);
  const script = await loadScript(path, { env: {} });
  const deps: RunDeps = {
    clock: { ...systemClock, nowMs: () => Date.UTC(2026, 0, 1) },
    onEvent(event) {
      if (event.type === 'phase') steps.push(event.phase);
      if (event.type === 'log') steps.push('iteration');
    },
    scope: createScope(),
    signal: new AbortController().signal,
    isStopping: () => false,
    abandon() {},
    onLoad() {},
  };

  const options = { env: {}, seed: 7, sqlUrl: inject('postgresUrl') } as ScriptRunOptions;
  const report = await runScript(script, kind, options, deps);
  await deps.scope.stop();

  expect(steps).toEqual([
    'prepare at 2026-01-01T00:00:00.000Z',
    'load',
    'iteration',
    'iteration',
    'collect after 2 iterations',
    'queries',
    'judge',
  ]);
  expect(report).toMatchObject({ scenario: 'rush', seed: 7, verdict });
  expect(report.load.thresholds).toMatchObject([
    { metric: 'iterations', ok: true },
    { metric: 'check: never-oversold', ok: true },
    { metric: 'sql: SELECT 1', ok: true },
  ]);
});
