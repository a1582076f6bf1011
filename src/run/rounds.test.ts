import { expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import { createScope } from '../stack/resource.ts';
import type { RunDeps, ScriptRunOptions } from './context.ts';
import { runRounds, summarize } from './rounds.ts';
import type { SaleReport } from './run-report.ts';

const report = (status: string, { missed = false } = {}): SaleReport =>
  ({
    verdict: {
      status,
      sentence: `${status}.`,
      checks: [{ name: 'never-oversold', status: status === 'invalid' ? 'invalid' : 'valid' }],
    },
    sale: { skus: [{ skuId: 'lamp' }] },
    load: {
      elapsedMs: 5,
      exceptions: { count: 0 },
      thresholds: [{ ok: !missed }],
      generator: { saturated: false },
    },
    environment: { startedAt: '2026-11-26T09:00:00.000Z' },
  }) as unknown as SaleReport;

it('is as bad as the worst round, and says how many were', () => {
  const { verdict, rounds } = summarize([
    report('valid'),
    report('invalid'),
    report('inconclusive'),
    report('invalid'),
  ]);
  expect(verdict).toMatchObject({
    status: 'invalid',
    sentence: 'Invalid in 2 of 4 rounds. invalid.',
  });
  expect(rounds?.map(({ start, status }) => `${start} ${status}`)).toEqual([
    'cold valid',
    'warm invalid',
    'cold inconclusive',
    'warm invalid',
  ]);
  expect(rounds?.map(({ broken }) => broken)).toEqual([
    [],
    ['never-oversold'],
    [],
    ['never-oversold'],
  ]);
});

it('prefers a round whose load failed to one that passed', () => {
  const { rounds, load } = summarize([report('valid'), report('valid', { missed: true })]);
  expect(load.thresholds).toEqual([{ ok: false }]);
  expect(rounds?.map(({ loadPassed }) => loadPassed)).toEqual([true, false]);
});

it('is the report of the only round', () => {
  const only = report('valid');
  expect(summarize([only])).toBe(only);
});

it.each([
  [1, 'prepared'],
  [2, 'several rounds have no outputs of samples'],
])('writes a summary of %i round: %s', async (rounds, message) => {
  const kind = { prepare: () => Promise.reject(new Error('prepared')) };
  const options = { rounds, summaryExport: 'summary.json' } as ScriptRunOptions & {
    rounds: number;
  };
  const script = { options: {} } as LoadedScript;
  const deps = {
    clock: systemClock,
    onEvent() {},
    scope: createScope(),
    isStopping: () => false,
  } as unknown as RunDeps;
  await expect(runRounds(script, kind, options, deps)).rejects.toMatchObject({ message });
  await deps.scope.stop();
});
