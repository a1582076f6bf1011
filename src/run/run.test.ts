import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import type { RunOptions } from './context.ts';
import type { RunEvent } from './events.ts';
import { Abandoned, type Run, startRun } from './run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const options: Omit<RunOptions, 'scenario'> = {
  ...{ seed: 7, strategy: 'batched', unsafe: false, instances: 1, redis: false, kafka: false },
  ...{ holdTtlMs: 1_000, keep: false, version: '1', command: 'flashsale-cli run script.js' },
};

/** Starts a run of a script; `onEvent` also gets the run. */
async function start(
  script: string,
  onEvent: (event: RunEvent, run: Run) => void = () => {},
): Promise<Run> {
  const scenario = join(folder, 'script.js');
  await writeFile(scenario, script);
  const run: Run = startRun(
    { ...options, scenario },
    { clock: systemClock, onEvent: (event) => onEvent(event, run) },
  );
  return run;
}

const FOREVER = `import { sleep } from 'k6';
  export const options = { scenarios: { slow: {
    executor: 'constant-vus', vus: 1, duration: '1h', gracefulStop: '1h' } } };`;

it('reports the load of a script that sells nothing, with the seed in its variables', async () => {
  const lines: string[] = [];
  const run = await start('export default () => console.log(__ENV.FLASHSALE_SEED);', (event) => {
    if (event.type === 'log') lines.push(event.line);
  });
  expect(await run.report).toMatchObject({
    scenario: 'script',
    seed: 7,
    load: { iterations: 1 },
    environment: { command: 'flashsale-cli run script.js' },
  });
  expect(lines).toEqual([expect.stringContaining('7')]);
});

it('ends its load when it is stopped, and still reports', async () => {
  const run = await start(`${FOREVER} export default () => sleep(0.01);`, (event, run) => {
    if (event.type === 'tick' && event.tick.iterations > 0) run.stop();
  });
  expect(await run.report).toMatchObject({ load: { stoppedBy: 'interrupt' } });
});

it('rejects when it is aborted in the middle of an iteration', async () => {
  const run = await start(`${FOREVER} export default () => sleep(3600);`, (event, run) => {
    if (event.type === 'tick') run.abort();
  });
  await expect(run.report).rejects.toBeInstanceOf(Abandoned);
});

it('is abandoned when it is stopped before its load', async () => {
  const run = await start('export default () => {};');
  run.stop();
  await expect(run.report).rejects.toBeInstanceOf(Abandoned);
});

it('starts nothing for a script that cannot be loaded', async () => {
  const events: RunEvent[] = [];
  const run = await start('throw new Error("no luck");', (event) => events.push(event));
  await expect(run.report).rejects.toMatchObject({ exitCode: 2 });
  expect(events).toEqual([]);
});
