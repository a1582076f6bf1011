import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createScope } from '../stack/resource.ts';
import { plainLoad } from './plain-load.ts';

it('has a folder for the time of the run, and nothing to judge', async () => {
  const scope = createScope();
  const run = await plainLoad({ name: 'browse' }, {}, { scope }).prepare('2026-01-01T00:00:00Z');
  expect(existsSync(run.folder)).toBe(true);
  expect(await run.judge()).toBeUndefined();
  await scope.stop();
  expect(existsSync(run.folder)).toBe(false);
});

it('refuses to keep a history', () => {
  expect(() =>
    plainLoad({ name: 'browse' }, { historyFile: 'h.ndjson' }, { scope: createScope() }),
  ).toThrow(expect.objectContaining({ exitCode: 2, why: 'it exports no `sale`' }));
});
