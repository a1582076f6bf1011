import { expect, inject, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { createScope } from '../../stack/resource.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import type { RunEvent } from '../events.ts';
import { createRunThresholds } from './index.ts';

function create(runThresholds: unknown, options: Partial<RunOptions> = {}) {
  const events: RunEvent[] = [];
  const deps: RunDeps = {
    clock: systemClock,
    onEvent: (event) => events.push(event),
    scope: createScope(),
    signal: new AbortController().signal,
    isStopping: () => false,
    abandon() {},
    onLoad() {},
  };
  const script = { name: 'rush', path: '/rush.ts', options: { runThresholds }, sale: { stock: 1 } };
  const thresholds = createRunThresholds(
    script as unknown as LoadedScript,
    options as RunOptions,
    deps,
  );
  return { thresholds, events };
}

it('asks the stack’s own database about the SKU on sale, in a phase of its own', async () => {
  const { thresholds, events } = create({ sql: { "SELECT length('$__sku')": ['value==4'] } });
  const run = await thresholds;
  await run.prepareQueries({ databaseUrl: inject('postgresUrl'), skus: ['SHOE'] });
  let flushed = 0;
  const results = await run.askQueries(async () => {
    flushed += 1;
  });
  expect(results).toEqual([
    {
      metric: "sql: SELECT length('$__sku')",
      expression: 'value==4',
      ok: true,
      observed: 4,
    },
  ]);
  expect(flushed).toBe(1);
  expect(events.map(({ type }) => type)).toEqual(['phase', 'phase_done']);
});

it('asks about each of several SKUs, and a miss tells for which', async () => {
  const { thresholds } = create({ sql: { "SELECT length('$__sku')": ['value==4'] } });
  const run = await thresholds;
  await run.prepareQueries({ databaseUrl: inject('postgresUrl'), skus: ['SHOE', 'CANDLE'] });
  expect(await run.askQueries(async () => {})).toMatchObject([
    { metric: "sql: SELECT length('SHOE')", ok: true, observed: 4 },
    { metric: "sql: SELECT length('CANDLE')", ok: false, observed: 6 },
  ]);
});

it('refuses before the load a query that its source does not understand', async () => {
  const { thresholds } = create({ sql: { 'SELEKT 1': [] } }, { sqlUrl: inject('postgresUrl') });
  await expect((await thresholds).prepareQueries({})).rejects.toMatchObject({ exitCode: 2 });
});

it('refuses before the load to ignore queries that nobody answers', async () => {
  const { thresholds } = create({ sql: { 'SELECT 1': [] } });
  await expect((await thresholds).prepareQueries({})).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('there is no database to ask'),
  });
});

it('has no phase without queries', async () => {
  const { thresholds, events } = create(undefined);
  const run = await thresholds;
  await run.prepareQueries({});
  expect(await run.askQueries(() => Promise.reject(new Error('not flushed')))).toEqual([]);
  expect(run.judgeChecks([])).toEqual([]);
  expect(events).toEqual([]);
});
