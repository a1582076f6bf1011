import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createScope } from '../stack/resource.ts';
import type { RunEvent } from './events.ts';
import { plainLoad } from './plain-load.ts';

const onEvent = (): void => {};

it('has a folder for the time of the run, and nothing to judge', async () => {
  const scope = createScope();
  const load = plainLoad({ name: 'browse' }, {}, { scope, onEvent });
  const run = await load.prepare('2026-01-01T00:00:00Z');
  expect(existsSync(run.folder)).toBe(true);
  expect(await run.judge()).toBeUndefined();
  await scope.stop();
  expect(existsSync(run.folder)).toBe(false);
});

it('says that a target is not used', async () => {
  const scope = createScope();
  const events: RunEvent[] = [];
  const load = plainLoad(
    { name: 'browse' },
    { targets: ['http://a'] },
    { scope, onEvent: (event) => events.push(event) },
  );
  await load.prepare('2026-01-01T00:00:00Z');
  await scope.stop();
  expect(events).toEqual([
    {
      type: 'log',
      line: expect.stringMatching(/^the target is not used: browse exports no `sale`/),
    },
  ]);
});

it.each([
  [{ historyFile: 'h.ndjson' }, /^browse sells nothing, so there is no history/],
  [{ rounds: 2 }, /^browse sells nothing, so there is nothing to do in several rounds/],
  [{ saleFlags: ['--faults', '--target'] }, /^browse sells nothing, so --faults has no effect$/],
])('refuses what only a sale has: %j', (options, message) => {
  expect(() => plainLoad({ name: 'browse' }, options, { scope: createScope(), onEvent })).toThrow(
    expect.objectContaining({
      ...{ exitCode: 2, message: expect.stringMatching(message) },
      why: expect.stringContaining('it exports no `sale`'),
    }),
  );
});
